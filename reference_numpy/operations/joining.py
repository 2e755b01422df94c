"""Operations that join arrays."""

import math

import numpy as np

from reference_numpy.operations.operation import Operation


def cast_back(gradients, xs):
    """The gradients in the dtypes of their arrays, None for those that are not floating."""
    return [
        gradient.astype(x.dtype, copy=False) if x.dtype.kind == "f" else None
        for gradient, x in zip(gradients, xs, strict=True)
    ]


def total(sizes):
    """Their sum; None where one is not known."""
    return None if None in sizes else sum(sizes)


class Join(Operation):
    """The base of operations on a list of arrays."""

    def check_alike(self, shapes, free=None):
        """Raise ValueError where known sizes differ, but for those along the axis `free`."""
        axes = [set(sizes) - {None} for sizes in zip(*shapes)]
        differing = [axis for axis, sizes in enumerate(axes) if len(sizes) > 1 and axis != free]
        if differing or len(set(map(len, shapes))) != 1:
            named = " and ".join(map(str, shapes))
            raise ValueError(f"Operation '{self.name}' cannot join arrays of the shapes {named}.")


class Concatenate(Join, keras="ops.numpy"):
    """The arrays of a list one after another along an axis; each dx is its part of dy.

    Raises:
        ValueError: for arrays that differ in more than their size along the axis.
    """

    def __init__(self, axis: int | None = 0, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def axis_among(self, ndim):
        """The axis, counted from the front."""
        return self.axis_of(self.axis, ndim)

    def forward(self, xs):
        """The joined array, the arrays and the axis."""
        axis = self.axis_among(xs[0].ndim)
        return np.concatenate(self.promoted(*xs), axis), (xs, axis)

    def backward(self, dy, cache):
        """The parts of dy."""
        xs, axis = cache
        ends = np.cumsum([x.shape[axis] for x in xs])[:-1]
        return (cast_back(np.split(dy, ends, axis), xs),)

    def shape(self, xs):
        """The sizes along the axis added up."""
        axis = self.axis_among(len(xs[0]))
        self.check_alike(xs, free=axis)
        return (*xs[0][:axis], total([x[axis] for x in xs]), *xs[0][axis + 1 :])


class Vstack(Concatenate, keras="ops.numpy"):
    """The arrays of a list one after another along the first axis.

    Vectors come one after another too, as in Keras on TensorFlow, not as the rows of a matrix.
    """

    not_in_config = (*Concatenate.not_in_config, "axis")

    def __init__(self, name: str | None = None):
        super().__init__(0, name)


class Hstack(Vstack, keras="ops.numpy"):
    """The arrays of a list one after another along the second axis, vectors along their only."""

    def axis_among(self, ndim):
        """The axis."""
        return min(1, ndim - 1)


class Dstack(Vstack, keras="ops.numpy"):
    """The arrays of a list one after another along the third axis.

    Matrices have a third axis of size 1, vectors are rows of such matrices.
    """

    def forward(self, xs):
        """The joined array; backward needs the arrays as they were."""
        y, cache = super().forward([x.reshape(_with_three_axes(x.shape)) for x in xs])
        return y, (cache, xs)

    def backward(self, dy, cache):
        """The parts of dy in the arrays' shapes."""
        cache, xs = cache
        (parts,) = super().backward(dy, cache)
        return ([None if p is None else p.reshape(x.shape) for p, x in zip(parts, xs)],)

    def axis_among(self, ndim):
        """The axis."""
        return 2

    def shape(self, xs):
        """The sizes along the axis added up."""
        return super().shape([_with_three_axes(x) for x in xs])


def _with_three_axes(shape):
    if len(shape) < 2:
        shape = (1, *(shape or (1,)))
    return (*shape, 1) if len(shape) == 2 else shape


class Append(Concatenate, keras="ops.numpy"):
    """y is one array after another along an axis; each dx is its part of dy.

    Args:
        axis: the axis; None for all numbers of both one after another.

    Raises:
        ValueError: for arrays that differ in more than their size along the axis.
    """

    def __init__(self, axis: int | None = None, name: str | None = None):
        super().__init__(axis, name)

    def forward(self, x1, x2):
        """The joined array; backward needs both."""
        parts = [x.reshape(-1) for x in (x1, x2)] if self.axis is None else [x1, x2]
        y, cache = super().forward(parts)
        return y, (cache, x1, x2)

    def axis_among(self, ndim):
        """The axis, or the only one."""
        return 0 if self.axis is None else self.axis_of(self.axis, ndim)

    def backward(self, dy, cache):
        """The parts of dy in the arrays' shapes."""
        cache, *xs = cache
        (parts,) = super().backward(dy, cache)
        return tuple(None if p is None else p.reshape(x.shape) for p, x in zip(parts, xs))

    def shape(self, x1, x2):
        """The sizes along the axis added up."""
        if self.axis is None:
            return (total([None if None in x else math.prod(x) for x in (x1, x2)]),)
        return super().shape([x1, x2])


class Stack(Join, keras="ops.numpy"):
    """The arrays of a list along a new axis; each dx is its layer of dy.

    Raises:
        ValueError: for arrays of different shapes.
    """

    def __init__(self, axis: int = 0, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def forward(self, x):
        """The stacked array, and the arrays."""
        return np.stack(self.promoted(*x), self.axis), x

    def backward(self, dy, cache):
        """The layers of dy."""
        return (cast_back(np.moveaxis(dy, self.axis, 0), cache),)

    def shape(self, x):
        """The arrays' shape with their number."""
        self.check_alike(x)
        axis = self.axis_of(self.axis, len(x[0]) + 1)
        return (*x[0][:axis], len(x), *x[0][axis:])


class Meshgrid(Operation, keras="ops.numpy"):
    """The places of a grid: y_i has the numbers of x_i along axis i, the same along the others.

    dx_i = Σ dy_i over the others.

    Args:
        indexing: `"xy"`, where the first two axes change places, or `"ij"`.

    Raises:
        ValueError: for another `indexing`.
    """

    def __init__(self, indexing: str = "xy", name: str | None = None):
        super().__init__(name)
        if indexing not in ("xy", "ij"):
            raise ValueError(
                f"Operation '{self.name}': `indexing` must be 'xy' or 'ij'. Received: {indexing!r}"
            )
        self.indexing = indexing

    def _axes(self, number):
        axes = list(range(number))
        if self.indexing == "xy":
            axes[:2] = axes[:2][::-1]
        return axes

    def forward(self, *x):
        """The grid, and x."""
        return np.meshgrid(*self.promoted(*x), indexing=self.indexing), x

    def backward(self, dy, cache):
        """The sums."""
        axes = self._axes(len(cache))
        sums = [
            None if d is None else d.sum(axis=tuple(a for a in axes if a != axis)).reshape(x.shape)
            for axis, d, x in zip(axes, dy, cache, strict=True)
        ]
        return tuple(None if s is None else s.astype(x.dtype) for s, x in zip(sums, cache))

    def shape(self, *x):
        """How many numbers each has, once for each."""
        sizes = [None if None in shape else math.prod(shape) for shape in x]
        return [tuple(sizes[axis] for axis in self._axes(len(x))) for _ in x]
