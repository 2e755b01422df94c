"""Functions of a whole axis that return probabilities, or their logarithms."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.pieces import masked, positive_part

SHORT = 64


def is_last_axis(x, axis):
    """Whether `axis` is the last one alone."""
    return axis == -1 or axis == x.ndim - 1


def largest(x, axis):
    """max of x along `axis`, which stays with size 1.

    NumPy takes the maximum of many short rows one row at a time; that of their columns, after a
    transposed copy, is up to twelve times as fast.
    """
    if is_last_axis(x, axis) and x.shape[-1] <= SHORT:
        columns = np.ascontiguousarray(x.reshape(-1, x.shape[-1]).T)
        return columns.max(axis=0).reshape(*x.shape[:-1], 1)
    return x.max(axis=axis, keepdims=True)


def total(x, axis):
    """Σ x along `axis`, which stays with size 1 (einsum adds short rows faster than sum)."""
    if is_last_axis(x, axis):
        return np.einsum("...i->...", x)[..., None]
    return x.sum(axis=axis, keepdims=True)


class Softmax(ActivationFunction):
    """y_i = e^{x_i} / Σ_j e^{x_j}: positive numbers that add up to 1.

        dx_i = y_i (dy_i − Σ_j dy_j y_j)

    The largest x is subtracted first, which changes nothing but keeps e from overflowing.

    Args:
        axis: the axis over which the sum runs, or several, or None for all.

    Source: Saito, Deep Learning from Scratch, sections 3.5 and appendix A.
    """

    def __init__(self, axis: int | Sequence[int] | None = -1):
        self.axis = axis

    def forward(self, x):
        """Probabilities along the axis."""
        axis = tuple(self.axis) if isinstance(self.axis, list) else self.axis
        y = x - largest(x, axis)
        np.exp(y, out=y)
        y /= total(y, axis)
        return y, y

    def backward(self, dy, cache):
        """y (dy − Σ dy y)."""
        axis = tuple(self.axis) if isinstance(self.axis, list) else self.axis
        dx = dy * cache
        dx -= cache * total(dx, axis)
        return dx


class LogSoftmax(ActivationFunction):
    """y_i = x_i − log Σ_j e^{x_j}, the logarithm of softmax.

        dx_i = dy_i − e^{y_i} Σ_j dy_j

    Args:
        axis: the axis over which the sum runs.
    """

    def __init__(self, axis: int | Sequence[int] | None = -1):
        self.axis = axis

    def forward(self, x):
        """Logarithms of probabilities along the axis."""
        y = x - largest(x, self.axis)
        y -= np.log(total(np.exp(y), self.axis))
        return y, y

    def backward(self, dy, cache):
        """dy − e^y Σ dy."""
        dx = np.exp(cache)
        dx *= total(dy, self.axis)
        return np.subtract(dy, dx, out=dx)


class Sparsemax(ActivationFunction):
    """The point of the probability simplex nearest to x: like softmax, but with zeros.

        y_i = max(x_i − τ, 0),   τ such that Σ y_i = 1
        dx_i = dy_i − mean of dy over the support where y_i > 0, else 0

    With x sorted downwards, x₁ ≥ x₂ ≥ …, the support has the size k, the largest number with
    1 + k x_k > x₁ + … + x_k, and τ = (x₁ + … + x_k − 1) / k.

    Args:
        axis: the axis that is projected.

    Source: Martins and Astudillo, From Softmax to Sparsemax (2016), algorithm 1.
    """

    def __init__(self, axis: int = -1):
        self.axis = axis

    def forward(self, x):
        """The projection onto the simplex."""
        rows = np.moveaxis(x - largest(x, self.axis), self.axis, -1)
        falling = -np.sort(-rows, axis=-1)
        sums = np.cumsum(falling, axis=-1)
        sizes = np.arange(1, rows.shape[-1] + 1, dtype=x.dtype)
        k = np.sum(1.0 + sizes * falling > sums, axis=-1, keepdims=True)
        tau = (np.take_along_axis(sums, k - 1, axis=-1) - 1.0) / k.astype(x.dtype)
        y = np.moveaxis(positive_part(rows - tau), -1, self.axis)
        return y, y > 0

    def backward(self, dy, cache):
        """dy less its mean over the support, on the support."""
        dx = masked(dy, cache)
        sizes = cache.sum(axis=self.axis, keepdims=True).astype(dy.dtype)
        dx -= masked(dx.sum(axis=self.axis, keepdims=True) / sizes, cache)
        return dx
