"""Operations that leave axes out: sums, means and extrema."""

import math

import numpy as np

from reference_numpy.models.operations.operation import Operation


class Reduction(Operation):
    """One number for all that lie along some axes.

    A subclass defines `reduced(x, axes)`, which keeps the axes with size 1, and `slope(dy, x, y,
    axes)`, the gradient for x from dy and y that have them.

    Args:
        axis: an axis, several, or None for all.
        keepdims: whether they stay, of size 1.
    """

    def __init__(self, axis=None, keepdims=False, name=None):
        super().__init__(name)
        self.axis, self.keepdims = axis, keepdims

    def _axes(self, ndim):
        if self.axis is None:
            return tuple(range(ndim))
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        return tuple(axis % ndim for axis in axes)

    def compute(self, x):
        """What is left of x, and x beside it."""
        axes, (numbers,) = self._axes(x.ndim), self.promoted(x)
        y = self.reduced(numbers, axes)
        return (y if self.keepdims else np.squeeze(y, axes)), (x, y, axes)

    def slopes(self, dy, cache):
        """The gradient of x, where it is floating."""
        x, y, axes = cache
        if x.dtype.kind != "f":
            return (None,)
        return (self.slope(dy.reshape(y.shape), x, y, axes),)

    def shape(self, x):
        """x's without the axes, or with 1 for them."""
        axes = self._axes(len(x))
        if self.keepdims:
            return tuple(1 if axis in axes else size for axis, size in enumerate(x))
        return tuple(size for axis, size in enumerate(x) if axis not in axes)


class Sum(Reduction):
    """y = Σ x over axes; dx = dy everywhere."""

    def reduced(self, x, axes):
        """The sum."""
        return x.sum(axis=axes, keepdims=True, dtype=x.dtype)

    def slope(self, dy, x, y, axes):
        """dy for every term."""
        return np.broadcast_to(dy, x.shape)


class Mean(Reduction):
    """y = the mean of x over axes; dx = dy over their number."""

    floating = True

    def reduced(self, x, axes):
        """The mean."""
        return x.mean(axis=axes, keepdims=True).astype(x.dtype, copy=False)

    def slope(self, dy, x, y, axes):
        """dy over the number of terms."""
        return np.broadcast_to(dy / math.prod(x.shape[axis] for axis in axes), x.shape)


class Max(Reduction):
    """y = max x over axes; dx = dy where x is the maximum.

    Equal maxima, where it has no derivative, share dy evenly, as in TensorFlow.

    Raises:
        NotImplementedError: for an `initial` value.
    """

    extremum = staticmethod(np.max)

    def __init__(self, axis=None, keepdims=False, initial=None, name=None):
        super().__init__(axis, keepdims, name)
        if initial is not None:
            raise NotImplementedError(
                f"Operation '{self.name}': an `initial` value is not supported. Received: "
                f"initial={initial}"
            )
        self.initial = initial

    def reduced(self, x, axes):
        """The maximum."""
        return self.extremum(x, axis=axes, keepdims=True)

    def slope(self, dy, x, y, axes):
        """dy shared out among the maxima."""
        found = (x == y).astype(x.dtype)
        return dy * (found / found.sum(axis=axes, keepdims=True))


class Min(Max):
    """y = min x over axes; dx = dy where x is the minimum, shared out evenly like `Max`'s."""

    extremum = staticmethod(np.min)


OFFERED = {
    "ops.numpy": [Sum, Mean, Max, Min],
}
