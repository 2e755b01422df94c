"""The NumPy half: Keras's names and arguments, with forward and backward passes written by hand.

import reference_numpy as rn

layer = rn.layers.Dense(3, activation="relu", dtype="float64")
y, cache = layer.forward(x)
dx, grads = layer.backward(dy, cache)

model = rn.Sequential([rn.Input((784,)), rn.layers.Dense(10, activation="softmax")])
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y)
"""

from typing import Any

from reference_numpy import (
    activations,
    callbacks,
    config,
    constraints,
    dtype_policies,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    random,
    regularizers,
    saving,
    utils,
)
from reference_numpy.layers import Input
from reference_numpy.models import Model, Sequential
from reference_numpy.numerical_gradient import numerical_gradient
from reference_numpy.registration import register

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "callbacks",
    "config",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "numerical_gradient",
    "optimizers",
    "random",
    "register",
    "regularizers",
    "saving",
    "utils",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("keras-side-by-side")
    raise AttributeError(f"module 'reference_numpy' has no attribute '{name}'")
