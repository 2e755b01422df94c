"""Operations that give the numbers of an array another order or shape."""

import math

import numpy as np

from reference_numpy.models.operations.operation import Operation


class Reshape(Operation):
    """y has x's numbers in another shape; −1 stands for the size that is left.

    Args:
        newshape: the sizes, the batch axis counted in.
    """

    def __init__(self, newshape, name=None):
        super().__init__(name)
        self.newshape = newshape

    def compute(self, x):
        """x in the new shape, and the old one."""
        return x.reshape([-1 if size is None else size for size in self.newshape]), x.shape

    def slopes(self, dy, cache):
        """dy in the old shape."""
        return (dy.reshape(cache),)

    def shape(self, x):
        """The new shape; −1 where the size is not known."""
        sizes = [None if size in (-1, None) else size for size in self.newshape]
        known = math.prod(size for size in sizes if size is not None)
        if None not in x and sizes.count(None) == 1 and known:
            sizes[sizes.index(None)] = math.prod(x) // known
        return tuple(sizes)


class Transpose(Operation):
    """y has x's axes in another order.

    Args:
        axes: for each axis of y the axis of x; None turns the order round.
    """

    def __init__(self, axes=None, name=None):
        super().__init__(name)
        self.axes = axes

    def _order(self, ndim):
        return tuple(range(ndim))[::-1] if self.axes is None else tuple(self.axes)

    def compute(self, x):
        """x with its axes in order."""
        return x.transpose(self._order(x.ndim)), None

    def slopes(self, dy, cache):
        """dy with its axes where they were."""
        return (dy.transpose(np.argsort(self._order(dy.ndim))),)

    def shape(self, x):
        """x's sizes in order."""
        return tuple(x[axis] for axis in self._order(len(x)))


class ExpandDims(Operation):
    """y = x with a new axis of size 1."""

    def __init__(self, axis, name=None):
        super().__init__(name)
        self.axis = axis

    def compute(self, x):
        """x with the axis, and x's shape."""
        return np.expand_dims(x, self._axes()), x.shape

    def _axes(self):
        return tuple(self.axis) if isinstance(self.axis, list) else self.axis

    def slopes(self, dy, cache):
        """dy without the axis."""
        return (dy.reshape(cache),)

    def shape(self, x):
        """x's with a 1."""
        axes = [self.axis] if isinstance(self.axis, int) else list(self.axis)
        ndim = len(x) + len(axes)
        axes, rest = {axis % ndim for axis in axes}, iter(x)
        return tuple(1 if axis in axes else next(rest) for axis in range(ndim))


class Squeeze(Operation):
    """y = x without an axis of size 1 (without all of them for `axis=None`)."""

    def __init__(self, axis=None, name=None):
        super().__init__(name)
        self.axis = axis

    def compute(self, x):
        """x without the axis, and x's shape."""
        return np.squeeze(x, self.axis), x.shape

    def slopes(self, dy, cache):
        """dy with the axis."""
        return (dy.reshape(cache),)

    def shape(self, x):
        """x's without a 1."""
        if self.axis is None:
            return tuple(size for size in x if size != 1)
        axis = self.axis % len(x)
        if x[axis] != 1:
            raise ValueError(f"Operation '{self.name}': axis {self.axis} of {x} is not of size 1.")
        return (*x[:axis], *x[axis + 1 :])


OFFERED = {
    "ops.numpy": [Reshape, Transpose, ExpandDims, Squeeze],
}
