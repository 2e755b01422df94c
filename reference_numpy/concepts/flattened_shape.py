"""Flattening, and pixels in another order: what a dense layer and a convolution see of a shape."""

import numpy as np

import reference_numpy as rn


def flatten(x):
    """Images (batch, height, width, channels) as rows: which pixels were neighbours is lost.

    Source: Saito, Deep Learning from Scratch, 7.2.1.
    """
    return x.reshape(len(x), -1), x.shape


def flatten_backward(dy, cache):
    """The same numbers, in the old shape."""
    return dy.reshape(cache)


def permute_pixels(x, order):
    """Images whose pixels stand in another order, the same for all of them.

    Args:
        x: (batch, height, width, channels).
        order: (height · width,), for each place the number of the pixel that comes there.

    Source: Zhang et al. 2017, Understanding deep learning requires rethinking generalization, 2.
    """
    rows = x.reshape(len(x), len(order), -1)
    return rows[:, order].reshape(x.shape), order


def permute_pixels_backward(dy, cache):
    """Each pixel gets the gradient of the place where it stood."""
    rows = dy.reshape(len(dy), len(cache), -1)
    return rows[:, np.argsort(cache)].reshape(dy.shape)


def build_model(kind, shuffled, learning_rate=0.01):
    """A hidden layer of 100 ("MLP"), or convolutions of 3×3 with 8 and 16 filters ("CNN").

    The images have two channels, the picture and the same shuffled; the network sees one of them.
    """
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    inputs = rn.Input((14, 14, 2))
    x = inputs[..., 1:] if shuffled else inputs[..., :1]
    for filters in (8, 16) if kind == "CNN" else ():
        x = rn.layers.Conv2D(filters, 3, padding="same", **relu)(x)
        x = rn.layers.MaxPooling2D(2)(x)
    x = rn.layers.Flatten()(x)
    if kind == "MLP":
        x = rn.layers.Dense(100, **relu)(x)
    model = rn.Model(inputs, rn.layers.Dense(10, activation="softmax")(x))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def same_training(x, y, order, steps, **weights):
    """Losses of an MLP, step by step, on pictures; and on shuffled ones, its first weights so too.

    Args:
        x: (n, height, width, 1), pictures. y: (n,). order: of the pixels.
        weights: W1, b1, W2, b2, to begin with.
    """
    rn.random.set_seed(0)
    both = np.concatenate([x, permute_pixels(x, order)[0]], axis=-1)
    starts = {"pictures": weights["W1"], "shuffled": weights["W1"][order]}
    found = {}
    for name, first in starts.items():
        model = build_model("MLP", shuffled=name == "shuffled")
        model.set_weights([first, *list(weights.values())[1:]])
        losses = [model.train_on_batch(both, y)[0] for _ in range(steps)]
        found[f"{name}: loss"], found[f"{name}: W1"] = np.array(losses), model.get_weights()[0]
    return found


def first_weights(model, data):
    """The first layer's weights, one picture a unit, and a convolution's maps of a test image."""
    layer = next(layer for layer in model.layers if layer.weights)
    weights = np.array(layer.get_weights()[0])
    if weights.ndim == 2:
        return {"weights": weights.T.reshape(-1, 14, 14)[:20]}
    maps = np.asarray(rn.Model(model.inputs, layer.output)(data.x_test[:1]))
    return {"weights": np.moveaxis(weights[:, :, 0], -1, 0), "maps": np.moveaxis(maps[0], -1, 0)}
