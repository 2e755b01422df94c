"""Pooling in Keras: the layers, and networks that meet shifted images."""

import keras
import numpy as np
from keras import layers, ops


def max_pooling(pool_size, strides):
    """The largest entry of each window."""
    return layers.MaxPooling2D(pool_size, strides)


def average_pooling(pool_size, strides):
    """The mean of each window."""
    return layers.AveragePooling2D(pool_size, strides)


def shift(x, shifts, pool_size):
    """Images shifted to the right, as they are and pooled."""
    found = {}
    for pixels in shifts:
        moved = shifted(x, pixels)
        found[f"image, {pixels}"] = moved
        found[f"max, {pixels}"] = ops.convert_to_numpy(ops.max_pool(moved, pool_size, pool_size))
        found[f"average, {pixels}"] = ops.convert_to_numpy(
            ops.average_pool(moved, pool_size, pool_size)
        )
    return found


def shifted(x, pixels):
    """Images (batch, height, width, channels) moved to the right; zeros move in."""
    return np.pad(x, ((0, 0), (0, 0), (pixels, 0), (0, 0)))[:, :, : x.shape[2]]


def build_model(pooling):
    """Two convolutions of 5×5, each halved: by "max" or "average" pooling, or ("") by stride 2."""
    kind = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}.get(pooling)
    model = keras.Sequential([layers.Input((28, 28, 1))])
    for filters in (8, 16):
        model.add(
            layers.Conv2D(
                filters,
                5,
                strides=1 if kind else 2,
                activation="relu",
                kernel_initializer="he_normal",
            )
        )
        if kind:
            model.add(kind(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def tolerance(model, data):
    """Accuracy on the test images, shifted to the right by 0, 1, … 4 pixels."""
    answers = [
        model.predict(shifted(data.x_test, pixels), verbose=0).argmax(axis=-1)
        for pixels in range(5)
    ]
    return {"accuracy": np.stack([(answer == data.y_test).mean() for answer in answers])}
