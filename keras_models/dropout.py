"""Dropout in Keras: the layer, and a network of many weights for few data."""

import keras
import numpy as np
from keras import layers, ops


def dropout(rate):
    """Switch off a random share of the units in training."""
    return layers.Dropout(rate)


def build_model(rate):
    """784 pixels, two hidden layers of 256 with ReLU, dropout of `rate` after each of them."""
    model = keras.Sequential([layers.Input((784,))])
    for _ in range(2):
        model.add(layers.Dense(256, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def ensemble(model, data):
    """How the network answers test images with one mask, with averaged masks, and with all units.

    Returns: see the NumPy half.
    """
    x, y = data.x_test, data.y_test
    masks = np.stack([ops.convert_to_numpy(model(x, training=True)) for _ in range(32)])
    averages = np.stack([masks[:number].mean(axis=0) for number in (1, 2, 4, 8, 16, 32)])
    answers, one_pass = averages.argmax(axis=-1), model.predict(x, verbose=0).argmax(axis=-1)
    return {
        "accuracy of averaged masks": (answers == y).mean(axis=-1),
        "accuracy of one pass": (one_pass == y).mean(),
        "agreement of one mask": (answers[0] == answers[-1]).mean(),
        "agreement of one pass": (one_pass == answers[-1]).mean(),
    }
