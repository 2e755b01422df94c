"""A weight, and who makes its array."""

import contextvars
from dataclasses import dataclass

import numpy as np

#: makes the arrays of weights in place of their initializers, while a model is read from a file
weight_maker = contextvars.ContextVar("weight_maker", default=None)


@dataclass(eq=False)
class Weight:
    """One weight of a layer: the array and what belongs to it."""

    name: str
    value: np.ndarray
    regularizer: object = None
    constraint: object = None
    trainable: bool = True
    autocast: bool = True
