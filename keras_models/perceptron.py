"""The perceptron in Keras: a Dense layer of one unit whose activation is a step."""

import keras
import numpy as np
from keras import layers, ops

WEIGHTS = {
    "AND": (np.array([0.5, 0.5]), -0.7),
    "NAND": (np.array([-0.5, -0.5]), 0.7),
    "OR": (np.array([0.5, 0.5]), -0.2),
}


def step(z):
    """1 where z > 0, else 0; Keras has no such activation, since nothing can be learned by it."""
    return ops.cast(z > 0, z.dtype)


def build_model(names=("AND",)):
    """A layer of perceptrons, one for each name, with their weights set by hand."""
    layer = layers.Dense(len(names), activation=step)
    model = keras.Sequential([layers.Input((2,)), layer])
    kernel = np.stack([WEIGHTS[name][0] for name in names], axis=1)
    layer.set_weights([kernel, np.array([WEIGHTS[name][1] for name in names])])
    return model


def build_xor():
    """XOR: a second layer over the first."""
    return keras.Sequential([build_model(("NAND", "OR")), build_model(("AND",))])


def gates(x):
    """The output of every gate for the rows of x, by name."""
    single = ops.convert_to_numpy(build_model(tuple(WEIGHTS))(x))
    xor = ops.convert_to_numpy(build_xor()(x))
    return {**dict(zip(WEIGHTS, single.T, strict=True)), "XOR": xor[:, 0]}


def best_single_perceptron(x, y, weights, biases):
    """How many of the rows the best of many perceptrons gets right, for one target."""
    layer = layers.Dense(len(biases), activation=step)
    layer.build((None, 2))
    layer.set_weights([weights.T, biases])
    answers = ops.convert_to_numpy(layer(x))
    return {"right": (answers == y[:, None]).sum(axis=0).max().astype(x.dtype)}
