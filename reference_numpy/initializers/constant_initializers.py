"""Initializers without chance."""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import ArrayLike
from reference_numpy.initializers.initializer import Initializer


class Constant(Initializer):
    """All entries of one value, or the entries of an array that fits the shape.

    Args:
        value: a number or an array.
    """

    def __init__(self, value: ArrayLike = 0.0):
        self.value = value

    def __call__(self, shape, dtype=None):
        """An array of `value`."""
        return np.full(shape, self.value, dtype or config.floatx())


class Zeros(Initializer):
    """All entries 0."""

    def __call__(self, shape, dtype=None):
        """An array of zeros."""
        return np.zeros(shape, dtype or config.floatx())


class Ones(Initializer):
    """All entries 1."""

    def __call__(self, shape, dtype=None):
        """An array of ones."""
        return np.ones(shape, dtype or config.floatx())


class Identity(Initializer):
    """`gain` times the identity matrix; a matrix that is not square is cut off or filled with 0.

    Args:
        gain: factor.

    Raises:
        ValueError: for a shape that is no matrix's.

    Source: Le, Jaitly & Hinton 2015, "A simple way to initialize recurrent networks of rectified
    linear units".
    """

    only_in_config_when_changed = ("gain",)

    def __init__(self, gain: float = 1.0):
        self.gain = gain

    def __call__(self, shape, dtype=None):
        """The matrix."""
        if len(shape) != 2:
            raise ValueError(
                "Identity matrix initializer can only be used for 2D matrices. "
                f"Received: shape={shape} of rank {len(shape)}."
            )
        return self.gain * np.eye(*shape, dtype=dtype or config.floatx())
