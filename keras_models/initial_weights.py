"""Initial weights in Keras: an initializer each, for `kernel_initializer=…`."""

import keras
import numpy as np
from keras import initializers, layers, ops

UNITS = 32


def zeros():
    """`bias_initializer="zeros"`, the default of biases."""
    return initializers.Zeros()


def one_deviation(stddev):
    """`kernel_initializer=RandomNormal(stddev=…)`."""
    return initializers.RandomNormal(stddev=stddev)


def xavier_uniform():
    """`kernel_initializer="glorot_uniform"`, the default of kernels."""
    return initializers.GlorotUniform()


def he_uniform():
    """`kernel_initializer="he_uniform"`."""
    return initializers.HeUniform()


def xavier_normal():
    """`kernel_initializer="glorot_normal"`."""
    return initializers.GlorotNormal()


def he_normal():
    """`kernel_initializer="he_normal"`."""
    return initializers.HeNormal()


def by_layer(x, deviations, activations, depth, generator):
    """What the layers of a deep network answer before any training.

    Returns: see the NumPy half.
    """
    units = x.shape[1]
    draws = generator.standard_normal((depth, units, units)).astype(x.dtype)
    found = {}
    for activation in activations:
        inputs = h = keras.Input((units,))
        outputs = []
        for _ in range(depth):
            h = layers.Dense(units, activation, use_bias=False)(h)
            outputs.append(h)
        model = keras.Model(inputs, outputs)
        answers = []
        for deviation in deviations:
            model.set_weights(deviation * draws)
            answers.append(np.stack([ops.convert_to_numpy(h) for h in model(x)]))
        found[activation] = np.stack(answers)[:, :, :20]
        found[f"{activation}: deviation"] = np.std(answers, axis=(2, 3))
    return found


def side_by_side(inputs, networks, activation, hidden):
    """So many networks at once, each along an axis of its own: layers of 32, then ten classes."""
    model = keras.Sequential([layers.Input((networks, inputs))])
    for units, f in [(UNITS, activation)] * hidden + [(10, None)]:
        model.add(
            layers.EinsumDense("bki,kio->bko", (networks, units), activation=f, bias_axes="ko")
        )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(float(networks)), loss)
    return model


def sweep(x, y, new, cases, steps, generator):
    """Networks trained from the same draws times a deviation, at several learning rates.

    Args:
        x, y: (n, inputs) and (n,), to train on in batches of 50. new: others, by name.
        cases: `{name: (activation, deviations, rates)}`, the deviations by the name of the initial
            weights, one for each layer.

    Returns:
        For each case the accuracies on the new ones, (deviations, rates), and the first losses.
    """
    batches = generator.integers(0, len(x), (steps, 50))
    found = {}
    for name, (activation, deviations, rates) in cases.items():
        each = np.repeat(list(deviations.values()), len(rates), axis=0)
        networks, depth = each.shape
        sizes = [x.shape[1]] + [UNITS] * (depth - 1) + [10]
        weights = []
        for own, shape in zip(each.T, zip(sizes, sizes[1:])):
            draws = own[:, None, None] * generator.standard_normal(shape)
            weights += [draws, np.zeros((networks, shape[1]))]
        model = side_by_side(x.shape[1], networks, activation, depth - 1)
        model.set_weights(weights)
        own_rates, losses = np.tile(rates, (50, len(deviations))), []
        for batch in batches:
            given, wanted = (np.repeat(a[batch][:, None], networks, axis=1) for a in (x, y))
            losses.append(model.train_on_batch(given, wanted, sample_weight=own_rates))
        found[f"{name}: first losses"] = np.array(losses[:3])
        for part, (x_new, y_new) in new.items():
            answers = ops.convert_to_numpy(model(np.repeat(x_new[:, None], networks, axis=1)))
            right = (answers.argmax(axis=-1) == y_new[:, None]).mean(axis=0)
            found[f"{name}: {part}"] = right.reshape(-1, len(rates))
    return found
