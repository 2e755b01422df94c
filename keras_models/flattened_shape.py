"""Flattening and pixels in another order in Keras, before a dense layer and before convolutions."""

import keras
import numpy as np
from keras import layers, ops


def flatten():
    """Images as rows."""
    return layers.Flatten()


def permute_pixels():
    """Images whose pixels stand in another order, the same for all of them."""

    def permuted(x, order):
        rows = ops.reshape(x, (x.shape[0], order.shape[0], -1))
        return ops.reshape(ops.take(rows, order, axis=1), x.shape)

    return permuted


def build_model(kind, shuffled, learning_rate=0.01):
    """A hidden layer of 100 ("MLP"), or convolutions of 3×3 with 8 and 16 filters ("CNN").

    The images have two channels, the picture and the same shuffled; the network sees one of them.
    """
    relu = {"activation": "relu", "kernel_initializer": "he_normal"}
    inputs = layers.Input((14, 14, 2))
    x = inputs[..., 1:] if shuffled else inputs[..., :1]
    for filters in (8, 16) if kind == "CNN" else ():
        x = layers.Conv2D(filters, 3, padding="same", **relu)(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    if kind == "MLP":
        x = layers.Dense(100, **relu)(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def same_training(x, y, order, steps, **weights):
    """Losses of an MLP, step by step, on pictures; and on shuffled ones, its first weights so too.

    Args and returns: see the NumPy half.
    """
    shuffled = ops.convert_to_numpy(permute_pixels()(x, order))
    both = np.concatenate([x, shuffled], axis=-1)
    starts = {"pictures": weights["W1"], "shuffled": weights["W1"][order]}
    found = {}
    for name, first in starts.items():
        model = build_model("MLP", shuffled=name == "shuffled")
        model.run_eagerly = True  # a few steps are done sooner than compiled
        model.set_weights([first, *list(weights.values())[1:]])
        losses = [float(model.train_on_batch(both, y)[0]) for _ in range(steps)]
        found[f"{name}: loss"], found[f"{name}: W1"] = np.array(losses), model.get_weights()[0]
    return found


def first_weights(model, data):
    """The first layer's weights, one picture a unit, and a convolution's maps of a test image."""
    layer = next(layer for layer in model.layers if layer.weights)
    weights = np.array(layer.get_weights()[0])
    if weights.ndim == 2:
        return {"weights": weights.T.reshape(-1, 14, 14)[:20]}
    maps = ops.convert_to_numpy(keras.Model(model.inputs, layer.output)(data.x_test[:1]))
    return {"weights": np.moveaxis(weights[:, :, 0], -1, 0), "maps": np.moveaxis(maps[0], -1, 0)}
