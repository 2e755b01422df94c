"""Logistic regression by hand: cross-entropy of a weighted sum, and the descent of that loss."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.cross_entropy import (
    binary_crossentropy_on_logits,
    binary_crossentropy_on_logits_gradient,
)
from reference_numpy.concepts.perceptron import weighted_sum


def logistic_loss(w, b, x, t):
    """The mean of −t log σ(z) − (1 − t) log(1 − σ(z)) for z = x w + b.

    Args:
        w: (inputs, 1). b: (1,). x: (n, inputs). t: (n, 1), 0 or 1.

    Source: Cox 1958, The regression analysis of binary sequences.
    """
    z = weighted_sum(x, w, b)
    return binary_crossentropy_on_logits(t, z), (x, t, z)


def logistic_loss_backward(dy, cache):
    """Every input in proportion to σ(z) − t, prediction less truth."""
    x, t, z = cache
    dz = dy * binary_crossentropy_on_logits_gradient(t, z)
    return x.T @ dz, dz.sum(axis=0)


def logistic_regression(x, t, steps, learning_rate):
    """Gradient descent from zeros: the weights and the bias before and after each step."""
    w, b = np.zeros((x.shape[1], 1), x.dtype), np.zeros(1, x.dtype)
    weights, biases = [w], [b]
    for _ in range(steps):
        _, cache = logistic_loss(w, b, x, t)
        dw, db = logistic_loss_backward(1, cache)
        w, b = w - learning_rate * dw, b - learning_rate * db
        weights.append(w)
        biases.append(b)
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
    model = rn.Sequential([rn.Input((196,))])
    for units in hidden:
        model.add(rn.layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(rn.layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def probabilities(model, data):
    """What the model answers on the test images."""
    return {"probability": model.predict(data.x_test, verbose=0)[:, 0]}
