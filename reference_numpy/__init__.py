"""The NumPy half: Keras's names and arguments, with forward and backward passes written by hand.

One layer, forward and backward:

    import reference_numpy as rn

    layer = rn.layers.Dense(3, activation="relu", dtype="float64")
    y, cache = layer.forward(x)
    dx, grads = layer.backward(dy, cache)
"""

from reference_numpy import (
    activations,
    callbacks,
    config,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    random,
    regularizers,
)
from reference_numpy.numerical_gradient import numerical_gradient

__all__ = [
    "activations",
    "callbacks",
    "config",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "numerical_gradient",
    "optimizers",
    "random",
    "regularizers",
]
