"""Operations that turn an array round: flips, rolls and quarter turns."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.operations.shapes import Rearrangement


class Flip(Rearrangement, keras="ops.numpy"):
    """y has x's numbers in the opposite order along axes; dx is dy flipped again.

    Args:
        axis: an axis, several, or None for all.
    """

    def __init__(self, axis: int | Sequence[int] | None = None, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def _axes(self, ndim):
        return self.axes_of(range(ndim) if self.axis is None else self.axis, ndim)

    def move(self, x):
        """x flipped."""
        return np.flip(x, self._axes(x.ndim))

    def move_backward(self, dy, shape):
        """dy flipped."""
        return self.move(dy)

    def shape(self, x):
        """x's."""
        self._axes(len(x))
        return x


class Flipud(Flip, keras="ops.numpy"):
    """y has x's numbers in the opposite order along the first axis."""

    not_in_config = (*Flip.not_in_config, "axis")
    flipped_axis = 0

    def __init__(self, name: str | None = None):
        super().__init__(self.flipped_axis, name)


class Fliplr(Flipud, keras="ops.numpy"):
    """y has x's numbers in the opposite order along the second axis."""

    flipped_axis = 1


class Roll(Rearrangement, keras="ops.numpy"):
    """y has x's numbers further along by `shift`, the last ones first; dx is dy rolled back.

    Args:
        shift: how far, below 0 backwards; as many numbers as there are axes.
        axis: an axis, several, or None for all numbers one after another.
    """

    def __init__(
        self,
        shift: int | Sequence[int],
        axis: int | Sequence[int] | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.shift, self.axis = shift, axis

    def move(self, x):
        """x rolled."""
        return np.roll(x, self.shift, self.axis)

    def move_backward(self, dy, shape):
        """dy rolled back."""
        return np.roll(dy, np.negative(self.shift), self.axis)

    def shape(self, x):
        """x's."""
        axes = [None] if self.axis is None else self.axes_of(self.axis, len(x))
        if not isinstance(self.shift, int) and len(self.shift) != len(axes):
            raise ValueError(
                f"Operation '{self.name}' takes a shift for each axis. Received: "
                f"shift={self.shift}, axis={self.axis}"
            )
        return x


class Rot90(Rearrangement, keras="ops.numpy"):
    """y is x turned by `k` quarters from the first of two axes towards the second; dx is dy back.

    Args:
        k: how many quarter turns, below 0 backwards.
        axes: the two axes.

    Raises:
        ValueError: for another number of axes.
    """

    def __init__(self, k: int = 1, axes: Sequence[int] = (0, 1), name: str | None = None):
        super().__init__(name)
        if len(axes) != 2:
            raise ValueError(f"Operation '{self.name}' turns two axes. Received: axes={axes}")
        self.k, self.axes = k, axes

    def move(self, x):
        """x turned."""
        return np.rot90(x, self.k, self.axes)

    def move_backward(self, dy, shape):
        """dy turned back."""
        return np.rot90(dy, -self.k, self.axes)

    def shape(self, x):
        """x's, with the two sizes swapped for an odd number of turns."""
        (first, second), sizes = self.axes_of(self.axes, len(x)), list(x)
        if self.k % 2:
            sizes[first], sizes[second] = sizes[second], sizes[first]
        return tuple(sizes)
