"""A multi-layer perceptron for MNIST in Keras, and its `fit`."""

import keras
import numpy as np
from keras import layers


def fit(weights, x, t, epochs, batch_size, learning_rate):
    """Train a multi-layer perceptron from these weights, the batches in their order."""
    model = keras.Sequential([layers.Input((x.shape[1],))])
    for bias in weights[1:-1:2]:
        model.add(layers.Dense(len(bias), activation="relu"))
    model.add(layers.Dense(len(weights[-1]), activation="softmax"))
    model.set_weights(weights)
    model.compile(keras.optimizers.SGD(learning_rate), "sparse_categorical_crossentropy")
    history = model.fit(x, t, batch_size, epochs, shuffle=False, verbose=0)
    return history.history["loss"], model.get_weights()


def training(x, t, epochs, batch_size, learning_rate, **weights):
    """The losses of the epochs and the weights after them, by name."""
    history, found = fit(list(weights.values()), x, t, epochs, batch_size, learning_rate)
    return {"loss": np.array(history, x.dtype), **dict(zip(weights, found))}


def build_model(depth, width, learning_rate):
    """784 pixels, `depth` hidden layers of `width` units with ReLU, ten classes by softmax."""
    model = keras.Sequential([layers.Input((784,))])
    for _ in range(depth):
        model.add(layers.Dense(width, activation="relu", kernel_initializer="he_normal"))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
