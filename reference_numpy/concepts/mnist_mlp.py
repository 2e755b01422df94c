"""A multi-layer perceptron for MNIST, and what `fit` does, unrolled."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.backpropagation import backpropagation
from reference_numpy.concepts.optimizers import sgd


def fit(weights, x, t, epochs, batch_size, learning_rate):
    """Train a multi-layer perceptron batch by batch: forward, loss, backward, update.

    Args:
        weights: `[W1, b1, W2, b2, …]`: ReLU after each layer but the last, softmax after that.
        x, t: (n, inputs), and the numbers of the classes, (n,); taken in their order.

    Returns:
        The mean loss of each epoch, measured while the weights move, and the weights.

    Source: Saito, Deep Learning from Scratch, 4.5 and 5.7.
    """
    history, targets = [], np.eye(len(weights[-1]), dtype=x.dtype)[t]
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)  # the last batch may be short
            loss, grads = backpropagation(x[rows], targets[rows], weights)
            total += loss * len(x[rows])
            weights = [sgd(w, g, learning_rate)[0] for w, g in zip(weights, grads)]
        history.append(total / len(x))
    return history, weights


def training(x, t, epochs, batch_size, learning_rate, **weights):
    """The losses of the epochs and the weights after them, by name."""
    history, found = fit(list(weights.values()), x, t, epochs, batch_size, learning_rate)
    return {"loss": np.array(history, x.dtype), **dict(zip(weights, found))}


def build_model(depth, width, learning_rate):
    """784 pixels, `depth` hidden layers of `width` units with ReLU, ten classes by softmax."""
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(depth):
        model.add(rn.layers.Dense(width, activation="relu", kernel_initializer="he_normal"))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
