"""The output layer in Keras: the activation of the last Dense layer."""

import keras
import numpy as np
from keras import activations, layers, ops


def identity():
    """Keras's name for it is linear."""
    return activations.linear


def softmax():
    """Along the last axis, the largest input taken off first."""
    return layers.Softmax()


def naive_softmax():
    """As the equation says, with nothing taken off; Keras has no such function."""
    return lambda x: ops.exp(x) / ops.sum(ops.exp(x), axis=-1, keepdims=True)


def properties(x, constant):
    """Sums of softmax, softmax with a constant added, and softmax of two beside sigmoid."""
    x = ops.convert_to_tensor(x)
    y = activations.softmax(x)
    found = {
        "sums": ops.sum(y, axis=1),
        "plain": y,
        "constant added": activations.softmax(x + constant),
        "softmax of two": activations.softmax(x[:, :2])[:, 0],
        "sigmoid of the difference": activations.sigmoid(x[:, 0] - x[:, 1]),
    }
    return {name: ops.convert_to_numpy(value) for name, value in found.items()}


def overflow(x, scales):
    """The share of rows that are numbers, by size of the inputs: naive softmax and stable."""

    def finite(function):
        rows = [
            ops.all(ops.isfinite(function(ops.convert_to_tensor(x * s))), axis=1) for s in scales
        ]
        return np.array([ops.convert_to_numpy(row).mean() for row in rows])

    return {"naive": finite(naive_softmax()), "stable": finite(activations.softmax)}


def curves(x, others, temperatures):
    """Softmax of (x, *others) / temperature for each x: (temperatures, points, classes)."""
    rows = np.concatenate([x[:, None], np.broadcast_to(others, (len(x), len(others)))], axis=1)
    scaled = ops.convert_to_tensor(rows[None] / temperatures[:, None, None])
    return {"curves": ops.convert_to_numpy(activations.softmax(scaled))}


def build_model(twice, learning_rate):
    """784 pixels, 50 units with ReLU, ten classes; softmax once, or by mistake twice."""
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(50, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    if twice:
        model.add(layers.Softmax())
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
