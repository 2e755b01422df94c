"""Operations that move numbers without changing them, and sums of them."""

import math

import numpy as np

from reference_numpy.models.operations.operation import Operation


class GetItem(Operation):
    """y = x[key] for integers, slices, `...` and new axes; dx has dy there and 0 elsewhere."""

    def compute(self, x, key):
        """x[key], and what backward needs."""
        key = _as_key(key)
        return x[key], (x.shape, x.dtype, key)

    def slopes(self, dy, cache):
        """dy in its place."""
        shape, dtype, key = cache
        if dtype.kind != "f":
            return (None,)
        dx = np.zeros(shape, dtype)
        dx[key] = dy
        return (dx,)

    def shape(self, x, key):
        """The sizes that the key leaves; an axis of unknown size stays unknown."""
        parts = _as_key(key)
        parts = list(parts) if isinstance(parts, tuple) else [parts]
        taken = sum(part is not None and part is not Ellipsis for part in parts)
        if taken > len(x):
            raise ValueError(f"Operation '{self.name}': the shape {x} has no {taken} axes.")
        if Ellipsis not in parts:
            parts.append(Ellipsis)
        rest, found = list(x), []
        for part in parts:
            if part is Ellipsis:
                whole = len(x) - taken
                found += rest[:whole]
                del rest[:whole]
            elif part is None:
                found.append(1)
            elif isinstance(part, slice):
                found.append(_length(rest.pop(0), part))
            elif isinstance(part, int):
                size = rest.pop(0)
                if size is not None and not -size <= part < size:
                    raise ValueError(f"Operation '{self.name}': index {part} of {size}.")
            else:
                raise NotImplementedError(
                    f"Operation '{self.name}': only integers, slices, `...` and new axes are "
                    f"supported as keys. Received: {part!r}"
                )
        return tuple(found)


def _as_key(key):
    return tuple(key) if isinstance(key, list) else key


def _length(size, part):
    return None if size is None else len(range(*part.indices(size)))


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


class Concatenate(Operation):
    """The arrays of a list one after another along an axis."""

    def __init__(self, axis=0, name=None):
        super().__init__(name)
        self.axis = axis

    def compute(self, xs):
        """The joined array, and where to cut it."""
        ends = np.cumsum([x.shape[self.axis] for x in xs])[:-1]
        return np.concatenate(xs, self.axis), ends

    def slopes(self, dy, cache):
        """The parts of dy."""
        return (np.split(dy, cache, self.axis),)

    def shape(self, xs):
        """The sizes along the axis added up."""
        axis, sizes = self.axis % len(xs[0]), list(xs[0])
        lengths = [x[axis] for x in xs]
        sizes[axis] = None if None in lengths else sum(lengths)
        return tuple(sizes)


class Stack(Operation):
    """The arrays of a list along a new axis."""

    def __init__(self, axis=0, name=None):
        super().__init__(name)
        self.axis = axis

    def compute(self, xs):
        """The stacked array."""
        return np.stack(xs, self.axis), None

    def slopes(self, dy, cache):
        """The layers of dy."""
        return (list(np.moveaxis(dy, self.axis, 0)),)

    def shape(self, xs):
        """The arrays' shape with their number."""
        axis = self.axis % (len(xs[0]) + 1)
        return (*xs[0][:axis], len(xs), *xs[0][axis:])
