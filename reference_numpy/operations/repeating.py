"""Operations that give numbers of an array several times."""

import math
from collections.abc import Sequence

import numpy as np

from reference_numpy.operations.segments import Segments
from reference_numpy.operations.shapes import Rearrangement


def sum_at(dy, places, size, axis):
    """dx[i] = Σ of the dy whose place is i, along an axis.

    Args:
        dy: the gradient of x[places].
        places: for each entry of dy's axis the place that it came from.
        size: of x along the axis.
    """
    rows = np.moveaxis(dy, axis, 0)
    return np.moveaxis(Segments(np.asarray(places), size).reduce(np.add, rows, 0), 0, axis)


class Repeat(Rearrangement, keras="ops.numpy"):
    """y has each number of x several times in a row; dx = Σ dy over them.

    Args:
        repeats: how often, one number for all or one for each entry of the axis.
        axis: the axis; None for all numbers one after another.

    Raises:
        ValueError: for another number of repeats, or one below 0.
    """

    def __init__(
        self, repeats: int | Sequence[int], axis: int | None = None, name: str | None = None
    ):
        super().__init__(name)
        self.repeats, self.axis = repeats, axis
        self.counts = [repeats] if isinstance(repeats, int) else list(repeats)
        if any(count < 0 for count in self.counts):
            raise ValueError(f"Operation '{self.name}' cannot repeat {repeats} times.")

    def move(self, x):
        """x repeated."""
        return np.repeat(x, self.counts, self.axis)

    def move_backward(self, dy, shape):
        """The sums."""
        if self.axis is None:
            return self._sums(dy, math.prod(shape), 0).reshape(shape)
        axis = self.axis_of(self.axis, dy.ndim)
        return self._sums(dy, shape[axis], axis)

    def _sums(self, dy, size, axis):
        return sum_at(dy, np.repeat(np.arange(size), self.counts), size, axis)

    def shape(self, x):
        """x's with a larger size; an axis of unknown size stays so."""
        if self.axis is None:
            return (None if None in x else self._length(math.prod(x)),)
        axis = self.axis_of(self.axis, len(x))
        size = None if x[axis] is None else self._length(x[axis])
        return (*x[:axis], size, *x[axis + 1 :])

    def _length(self, size):
        if len(self.counts) == 1:
            return size * self.counts[0]
        if len(self.counts) != size:
            raise ValueError(
                f"Operation '{self.name}' takes one number of repeats or {size} of them, not "
                f"{len(self.counts)}."
            )
        return sum(self.counts)


class Tile(Rearrangement, keras="ops.numpy"):
    """y is x several times beside itself; dx = Σ dy over them.

    Args:
        repeats: how often along each axis, the last for the last axis; one number for that alone.

    Raises:
        ValueError: for a number below 0.
    """

    def __init__(self, repeats: int | Sequence[int], name: str | None = None):
        super().__init__(name)
        self.repeats = repeats
        self.counts = (repeats,) if isinstance(repeats, int) else tuple(repeats)
        if any(count < 0 for count in self.counts):
            raise ValueError(f"Operation '{self.name}' cannot repeat {repeats} times.")

    def move(self, x):
        """x tiled."""
        return np.tile(x, self.counts)

    def _pairs(self, shape):
        """Of each axis of y: how often x is repeated along it, and x's size."""
        longest = max(len(shape), len(self.counts))
        counts, sizes = ((1,) * (longest - len(p)) + tuple(p) for p in (self.counts, shape))
        return list(zip(counts, sizes))

    def move_backward(self, dy, shape):
        """The sums."""
        pairs = self._pairs(shape)
        split = dy.reshape([number for pair in pairs for number in pair])
        return split.sum(axis=tuple(range(0, 2 * len(pairs), 2))).reshape(shape)

    def shape(self, x):
        """The sizes multiplied; an axis of unknown size stays so."""
        return tuple(None if size is None else count * size for count, size in self._pairs(x))
