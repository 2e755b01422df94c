"""Operations that give an array another shape, or its axes another order."""

import math
from collections.abc import Sequence

import numpy as np

from reference_numpy.operations.binary import broadcast_shapes, unbroadcast
from reference_numpy.operations.casting import Cast
from reference_numpy.operations.operation import Operation


class Rearrangement(Operation):
    """The numbers of one array in other places.

    A subclass defines `move(x)` = y, and `move_backward(dy, shape)` = dx for an x of that shape.
    """

    def forward(self, x):
        """y, and x's shape."""
        return self.move(x), x.shape

    def backward(self, dy, cache):
        """dx."""
        return (self.move_backward(dy, cache),)

    def axes_of(self, axes, ndim):
        """One axis or several as a tuple, counted from the front.

        Raises:
            ValueError: for an axis that an array of `ndim` axes does not have, or one named twice.
        """
        axes = [axes] if isinstance(axes, int) else axes
        found = tuple(self.axis_of(axis, ndim) for axis in axes)
        if len(set(found)) < len(found):
            raise ValueError(f"Operation '{self.name}': an axis is named twice in {tuple(axes)}.")
        return found


class Resized(Rearrangement):
    """The same numbers in the same order, in another shape."""

    def move_backward(self, dy, shape):
        """dy in x's shape."""
        return dy.reshape(shape)


class Reshape(Resized, keras="ops.numpy"):
    """y has x's numbers in another shape; −1 stands for the size that is left.

    Args:
        newshape: the sizes, the batch axis counted in; None counts as −1.

    Raises:
        ValueError: for a shape that x's numbers do not fill, or with −1 more than once.
    """

    def __init__(self, newshape: Sequence[int | None], name: str | None = None):
        super().__init__(name)
        self.newshape = newshape

    def move(self, x):
        """x in the new shape."""
        return x.reshape([-1 if size is None else size for size in self.newshape])

    def shape(self, x):
        """The new shape; −1 where the size is not known."""
        sizes = [None if size in (-1, None) else size for size in self.newshape]
        if sizes.count(None) > 1:
            raise ValueError(
                f"Operation '{self.name}': only one size may be left open. "
                f"Received: newshape={tuple(self.newshape)}"
            )
        known = math.prod(size for size in sizes if size is not None)
        if None not in x and sizes.count(None) == 1 and known:
            sizes[sizes.index(None)] = math.prod(x) // known
        if None not in x and None not in sizes and math.prod(x) != math.prod(sizes):
            raise ValueError(
                f"Operation '{self.name}': an array of the shape {x} cannot be given the shape "
                f"{tuple(self.newshape)}."
            )
        return tuple(sizes)


class Ravel(Resized, keras="ops.numpy"):
    """y has x's numbers on one axis."""

    def move(self, x):
        """x's numbers one after another."""
        return x.reshape(-1)

    def shape(self, x):
        """Their number."""
        return (None if None in x else math.prod(x),)


class ExpandDims(Resized, keras="ops.numpy"):
    """y = x with a new axis of size 1, or several."""

    def __init__(self, axis: int | Sequence[int], name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def _axes(self, ndim):
        number = 1 if isinstance(self.axis, int) else len(self.axis)
        return self.axes_of(self.axis, ndim + number)

    def move(self, x):
        """x with the axis."""
        return np.expand_dims(x, self._axes(x.ndim))

    def shape(self, x):
        """x's with a 1."""
        axes, rest = self._axes(len(x)), iter(x)
        return tuple(1 if axis in axes else next(rest) for axis in range(len(x) + len(axes)))


class Squeeze(Resized, keras="ops.numpy"):
    """y = x without an axis of size 1, or several (without all of them for `axis=None`)."""

    def __init__(self, axis: int | Sequence[int] | None = None, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def move(self, x):
        """x without the axis."""
        return np.squeeze(x, None if self.axis is None else self.axes_of(self.axis, x.ndim))

    def shape(self, x):
        """x's without a 1."""
        if self.axis is None:
            return tuple(size for size in x if size != 1)
        axes = self.axes_of(self.axis, len(x))
        if any(x[axis] != 1 for axis in axes):
            raise ValueError(f"Operation '{self.name}': axis {self.axis} of {x} is not of size 1.")
        return tuple(size for axis, size in enumerate(x) if axis not in axes)


class AxisOrder(Rearrangement):
    """y has x's axes in another order. A subclass defines `order(ndim)`: x's axis for each of y."""

    def move(self, x):
        """x with its axes in order."""
        return x.transpose(self.order(x.ndim))

    def move_backward(self, dy, shape):
        """dy with its axes where they were."""
        return dy.transpose(np.argsort(self.order(dy.ndim)))

    def shape(self, x):
        """x's sizes in order."""
        return tuple(x[axis] for axis in self.order(len(x)))


class Transpose(AxisOrder, keras="ops.numpy"):
    """y has x's axes in another order.

    Args:
        axes: for each axis of y the axis of x; None turns the order round.
    """

    def __init__(self, axes: int | Sequence[int] | None = None, name: str | None = None):
        super().__init__(name)
        self.axes = axes

    def order(self, ndim):
        """The axes."""
        if self.axes is None:
            return tuple(range(ndim))[::-1]
        axes = self.axes_of(self.axes, ndim)
        if len(axes) != ndim:
            raise ValueError(
                f"Operation '{self.name}': {axes} are not all axes of an array of {ndim} axes."
            )
        return axes


class Moveaxis(AxisOrder, keras="ops.numpy"):
    """y = x with some axes in other places; the others keep their order.

    Args:
        source, destination: an axis of x and its place in y, or several of both.

    Raises:
        ValueError: for different numbers of them.
    """

    def __init__(
        self, source: int | Sequence[int], destination: int | Sequence[int], name: str | None = None
    ):
        super().__init__(name)
        self.source, self.destination = source, destination
        number, places = (1 if isinstance(s, int) else len(s) for s in (source, destination))
        if number != places:
            raise ValueError(
                f"Operation '{self.name}' moves as many axes as there are places for them. "
                f"Received: source={source}, destination={destination}"
            )

    def order(self, ndim):
        """The axes that stay, with those that move put between them."""
        source = self.axes_of(self.source, ndim)
        destination = self.axes_of(self.destination, ndim)
        order = [axis for axis in range(ndim) if axis not in source]
        for place, axis in sorted(zip(destination, source)):
            order.insert(place, axis)
        return tuple(order)


class Swapaxes(AxisOrder, keras="ops.numpy"):
    """y = x with two axes in each other's place."""

    def __init__(self, axis1: int, axis2: int, name: str | None = None):
        super().__init__(name)
        self.axis1, self.axis2 = axis1, axis2

    def order(self, ndim):
        """The axes, two of them swapped."""
        first, second = self.axis_of(self.axis1, ndim), self.axis_of(self.axis2, ndim)
        order = list(range(ndim))
        order[first], order[second] = second, first
        return tuple(order)


class ToShape(Operation):
    """An operation whose output has the shape that it is told.

    Args:
        shape: the sizes, the batch axis counted in.
    """

    not_in_config = (*Operation.not_in_config, "shape")

    def __init__(self, shape: Sequence[int | None], name: str | None = None):
        super().__init__(name)
        self.target = tuple(shape)  # `shape` is a method here

    def check_known(self):
        """Raise ValueError where a size of the shape is no number, or below 0."""
        if not all(isinstance(size, int) and size >= 0 for size in self.target):
            raise ValueError(
                f"Operation '{self.name}' takes a shape of known sizes. Received: {self.target}"
            )

    def get_config(self):
        """The name and the shape."""
        return {**super().get_config(), "shape": list(self.target)}


class BroadcastTo(ToShape, keras="ops.numpy"):
    """y has the shape, with x's numbers again and again; dx = Σ dy over the repetitions."""

    def forward(self, x):
        """x in the shape."""
        return np.broadcast_to(x, self.target), x

    def backward(self, dy, cache):
        """dy summed over axes that x does not have, or has with size 1."""
        return (unbroadcast(dy, cache),)

    def shape(self, x):
        """The shape."""
        self.check_known()
        if broadcast_shapes(x, self.target) != self.target:
            raise ValueError(
                f"Operation '{self.name}': the shape {x} cannot be broadcast to {self.target}."
            )
        return self.target


class Size(Operation, keras="ops.numpy"):
    """How many numbers x has; no gradient."""

    result_dtype = "int32"

    def forward(self, x):
        """The number."""
        return np.asarray(x.size, "int32"), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, x):
        """That of one number."""
        return ()


class Array(Cast, keras="ops.numpy"):
    """y = x, or x in another dtype; dx is dy in x's."""

    def forward(self, x):
        """x in the dtype, and x's own."""
        return x.astype(self.result_dtype or x.dtype, copy=False), x.dtype
