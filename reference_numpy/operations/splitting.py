"""Operations that cut an array apart into a list of arrays."""

import itertools
from collections.abc import Sequence

import numpy as np

from reference_numpy.operations.operation import Operation


class Split(Operation, keras="ops.numpy"):
    """The parts of x along an axis; dx is the parts' gradients one after another.

    Args:
        indices_or_sections: the number of equal parts, or where to cut.
        axis: the axis.

    Raises:
        ValueError: where the parts are not equal, or where to cut is not within x and in order.
    """

    def __init__(
        self,
        indices_or_sections: int | Sequence[int],
        axis: int = 0,
        name: str | None = None,
    ):
        super().__init__(name)
        self.indices_or_sections, self.axis = indices_or_sections, axis
        self.is_number = isinstance(indices_or_sections, int)
        if isinstance(indices_or_sections, int) and indices_or_sections < 1:
            raise ValueError(
                f"Operation '{self.name}' cuts into one part or more, not {indices_or_sections}."
            )

    def axis_among(self, ndim):
        """The axis, counted from the front."""
        return self.axis_of(self.axis, ndim)

    def sizes(self, size):
        """Those of the parts of an axis of `size`, which may be None."""
        if self.is_number:
            number = self.indices_or_sections
            if size is not None and size % number:
                raise ValueError(
                    f"Operation '{self.name}': an axis of size {size} does not have {number} equal "
                    "parts."
                )
            return [None if size is None else size // number] * number
        ends = list(itertools.pairwise([0, *self.indices_or_sections, size]))
        if any(None not in pair and pair[0] > pair[1] for pair in ends):
            raise ValueError(
                f"Operation '{self.name}': an axis of size {size} cannot be cut at "
                f"{list(self.indices_or_sections)}."
            )
        return [None if end is None else end - start for start, end in ends]

    def forward(self, x):
        """The parts, and the axis."""
        axis = self.axis_among(x.ndim)
        ends = np.cumsum(self.sizes(x.shape[axis]), dtype=int)[:-1]
        return np.split(x, ends, axis), axis

    def backward(self, dy, cache):
        """The gradients joined."""
        return (np.concatenate(dy, cache),)

    def shape(self, x):
        """x's, cut."""
        axis = self.axis_among(len(x))
        return [(*x[:axis], size, *x[axis + 1 :]) for size in self.sizes(x[axis])]


class ArraySplit(Split, keras="ops.numpy"):
    """The parts of x along an axis, nearly equal; dx is the parts' gradients one after another.

    Args:
        indices_or_sections: the number of parts; the first ones are larger by one if need be.
        axis: the axis.
    """

    def sizes(self, size):
        """Those of the parts."""
        number = self.indices_or_sections
        if size is None:
            return [None] * number
        return [size // number + (part < size % number) for part in range(number)]

    def shape(self, x):
        """x's, cut; a tuple where the size is not known, as in Keras."""
        shapes = super().shape(x)
        return tuple(shapes) if x[self.axis_among(len(x))] is None else shapes


class Vsplit(Split, keras="ops.numpy"):
    """The parts of x along the first axis; dx is the parts' gradients one after another."""

    not_in_config = (*Split.not_in_config, "axis")
    cut_axis = 0

    def __init__(self, indices_or_sections: int | Sequence[int], name: str | None = None):
        super().__init__(indices_or_sections, self.cut_axis, name)


class Hsplit(Vsplit, keras="ops.numpy"):
    """The parts of x along the second axis, or of a vector along its only one."""

    cut_axis = 1

    def axis_among(self, ndim):
        """The axis."""
        return min(1, ndim - 1)


class Dsplit(Vsplit, keras="ops.numpy"):
    """The parts of x along the third axis; dx is the parts' gradients one after another."""

    cut_axis = 2


class Unstack(Operation, keras="ops.core"):
    """The layers of x along an axis, which they do not have; dx is the gradients stacked.

    Args:
        num: how many; None for the size of the axis.
        axis: the axis.

    Raises:
        ValueError: where the size is neither known nor told, or both and different.
    """

    def __init__(self, num: int | None = None, axis: int = 0, name: str | None = None):
        super().__init__(name)
        self.num, self.axis = num, axis

    def forward(self, x):
        """The layers."""
        self._number(x.shape)
        return list(np.moveaxis(x, self.axis, 0)), None

    def backward(self, dy, cache):
        """The gradients stacked."""
        return (np.stack(dy, self.axis),)

    def _number(self, shape):
        size = shape[self.axis_of(self.axis, len(shape))]
        known = {self.num, size} - {None}
        if len(known) != 1:
            raise ValueError(
                f"Operation '{self.name}' gives as many layers as its axis has. Received: "
                f"num={self.num}, an axis of size {size}"
            )
        return known.pop()

    def shape(self, x):
        """x's without the axis, for each layer."""
        axis = self.axis_of(self.axis, len(x))
        return [(*x[:axis], *x[axis + 1 :])] * self._number(x)
