"""Keras's constraints: projections of a weight onto the values it may have."""

from collections.abc import Sequence

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Array
from reference_numpy.serialization import Configurable


class Constraint(Configurable):
    """A projection: `constraint(w)` is the allowed array that a step's result becomes."""

    def __call__(self, w: Array) -> Array:
        """The projected array; `w` stays as it is."""
        raise NotImplementedError(f"{type(self).__name__} does not say what is allowed.")


class MaxNorm(Constraint):
    """w · min(‖w‖, c) / (ε + ‖w‖): no vector along `axis` longer than c.

    Args:
        max_value: c.
        axis: axis or axes along which the norm is taken; 0 for the inputs of a Dense kernel.

    Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
    overfitting", section 5.1.
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] | None = 0):
        self.max_value, self.axis = max_value, axis

    def __call__(self, w):
        """The projected array."""
        length = norms(w, self.axis)
        return w * (np.clip(length, 0, self.max_value) / (config.epsilon() + length))


class NonNeg(Constraint):
    """max(w, 0): no entry below 0."""

    def __call__(self, w):
        """The projected array."""
        return np.maximum(w, 0)


class UnitNorm(Constraint):
    """w / (ε + ‖w‖): every vector along `axis` of length 1.

    Args:
        axis: axis or axes along which the norm is taken.
    """

    def __init__(self, axis: int | Sequence[int] | None = 0):
        self.axis = axis

    def __call__(self, w):
        """The projected array."""
        return w / (config.epsilon() + norms(w, self.axis))


class MinMaxNorm(Constraint):
    """w · (r clip(‖w‖, a, b) + (1 − r) ‖w‖) / (ε + ‖w‖): lengths between a and b.

    Args:
        min_value, max_value: a and b.
        rate: r, the share of the way that is gone in one step; 1 is all of it.
        axis: axis or axes along which the norm is taken.
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: int | Sequence[int] | None = 0,
    ):
        self.min_value, self.max_value = min_value, max_value
        self.rate, self.axis = rate, axis

    def __call__(self, w):
        """The projected array."""
        length = norms(w, self.axis)
        allowed = np.clip(length, self.min_value, self.max_value)
        wanted = self.rate * allowed + (1 - self.rate) * length
        return w * (wanted / (config.epsilon() + length))


def norms(w, axis):
    """√(Σ w²) along `axis` (an integer or several), which is kept with the size 1."""
    axis = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    return np.sqrt(np.sum(w * w, axis=axis, keepdims=True))
