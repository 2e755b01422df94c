"""Names as numbers in Keras: `CategoryEncoding`, `Embedding`, and `StringLookup` before them.

`StringLookup` needs TensorFlow whatever the backend; names that are numbers need not.
"""

import keras
import numpy as np
from keras import layers, ops


def ordinal():
    """The place of each name in the vocabulary; −1 where it is not in it."""

    def places(x, vocabulary):
        same = ops.cast(ops.equal(x[:, None], vocabulary), "int32")
        return ops.where(ops.any(same, axis=1), ops.argmax(same, axis=1), -1)

    return places


def one_hot(number):
    """A row of zeros with a 1 at each place."""
    return layers.CategoryEncoding(number, output_mode="one_hot")


def embedding(table):
    """The row of the table at each place."""
    return layers.Embedding(*table.shape)


def product(number, dimensions):
    """The same the long way: one-hot rows into a Dense layer without a bias."""
    encoding = layers.CategoryEncoding(number, output_mode="one_hot")
    return keras.Sequential([encoding, layers.Dense(dimensions, use_bias=False)])


def lookups(table, places, dy, numbers, repeats, gradient_of):
    """Looking up and multiplying, forward and backward; it is NumPy that is timed."""
    found = {f"{way}: {what}": [] for way in ("lookup", "product") for what in ("rows", "gradient")}
    for number, x in zip(numbers, places):
        for way, layer in (
            ("lookup", embedding(table[:number])),
            ("product", product(number, dy.shape[1])),
        ):
            layer.build(x.shape)
            y, (gradient,) = gradient_of(
                lambda w, layer=layer, x=x: layer.stateless_call([w], [], x)[0],
                [table[:number]],
                dy,
            )
            found[f"{way}: rows"].append(y)
            found[f"{way}: gradient"].append(gradient[x])
    return {name: np.stack(values) for name, values in found.items()}


def networks(x, y, rate, train, first, second, steps):
    """What networks side by side answer for each row, and the squared errors, (n, groups).

    Args:
        x: (n, groups, columns). y: (n, groups). rate: (groups,) learning rates. train: how many of
            the first rows they learn from. first, second: the kernels that all of them start from.
    """
    groups, shapes = len(rate), (first.shape, second.shape)
    model = keras.Sequential([layers.Input((groups, len(first)))])
    for (_, units), activation in zip(shapes, ("relu", None)):
        model.add(layers.EinsumDense("ngi,gio->ngo", (groups, units), activation, bias_axes="go"))
    # The loss is a mean over the groups, and a weight of a loss acts like a learning rate.
    model.compile(keras.optimizers.SGD(float(groups), momentum=0.9), "mse")
    kernels = [np.stack([kernel] * groups) for kernel in (first, second)]
    biases = [np.zeros((groups, units)) for _, units in shapes]
    model.set_weights([kernels[0], biases[0], kernels[1], biases[1]])
    rates = np.broadcast_to(rate, (train, groups)).astype(x.dtype)
    for _ in range(steps):
        model.train_on_batch(x[:train], y[:train, :, None], sample_weight=rates)
    prediction = model.predict_on_batch(x)[..., 0]
    return {"prediction": prediction, "error": (prediction - y) ** 2}


def hours(y, table, kernel, learning_rate, steps):
    """The vectors of the hours while a network learns what each hour is like.

    Args:
        y: (hours, measurements). table: (hours, 2). kernel: (2, measurements). steps: those after
            which the vectors are kept.
    """
    model = keras.Sequential([layers.Input((), dtype="int32"), layers.Embedding(*table.shape)])
    model.add(layers.Dense(y.shape[1], use_bias=False))
    model.compile(keras.optimizers.SGD(learning_rate, momentum=0.9), "mse")
    model.set_weights([table, kernel])
    kept, x = [], np.arange(len(table), dtype="int32")
    for step in range(max(steps) + 1):
        if step in steps:
            kept.append(model.get_weights()[0].copy())
        model.train_on_batch(x, y)
    return {"vectors": np.stack(kept)}
