"""Logistic regression in Keras: a Dense layer of one unit, with sigmoid and cross-entropy."""

import keras
import numpy as np
from keras import layers, ops


def logistic_loss():
    """The loss of a Dense layer without an activation: the sigmoid is in the loss."""
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return lambda w, b, x, t: loss(t, ops.matmul(x, w) + b)


def logistic_regression(x, t, steps, learning_rate):
    """Gradient descent from zeros: weights and bias before and after each step."""
    model = keras.Sequential(
        [layers.Input(x.shape[1:]), layers.Dense(1, kernel_initializer="zeros")]
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    path = [model.get_weights()]
    for _ in range(steps):
        model.train_on_batch(x, t)
        path.append(model.get_weights())
    weights, biases = zip(*path)
    return np.array(weights), np.array(biases)


def descents(overlapping, separable, t, steps, learning_rate):
    """Weights and biases step by step, on two sets of points, (n, 2) each."""
    found = {}
    for name, x in (("overlapping", overlapping), ("separable", separable)):
        weights, biases = logistic_regression(x, t, steps, learning_rate)
        found |= {f"{name}: weights": weights, f"{name}: biases": biases}
    return found


def build_model(hidden, learning_rate):
    """196 pixels and a probability: one layer of one unit, or hidden layers with ReLU before it."""
    model = keras.Sequential([layers.Input((196,))])
    for units in hidden:
        model.add(layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def probabilities(model, data):
    """What the model answers on the test images."""
    return {"probability": model.predict(data.x_test, verbose=0)[:, 0]}
