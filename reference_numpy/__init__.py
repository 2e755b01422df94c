"""The NumPy half: Keras's names and arguments, with forward and backward passes written by hand.

import reference_numpy as rn

layer = rn.layers.Dense(3, activation="relu", dtype="float64")
y, cache = layer.forward(x)
dx, grads = layer.backward(dy, cache)
"""

from reference_numpy import (
    activations,
    config,
    constraints,
    initializers,
    layers,
    losses,
    regularizers,
)

__all__ = [
    "activations",
    "config",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "regularizers",
]
