"""Operations on diagonals and triangles of matrices."""

import math

import numpy as np

from reference_numpy.operations.reductions import Widening
from reference_numpy.operations.shapes import Rearrangement


def diagonal_length(rows, columns, offset):
    """Of the diagonal `offset` above the main one; None where a size is not known."""
    if None in (rows, columns):
        return None
    return max(0, min(rows + min(offset, 0), columns - max(offset, 0)))


def with_diagonal(dy, shape, offset, axis1=0, axis2=1):
    """Zeros of `shape` with dy (…, entries) on a diagonal of two axes."""
    dx = np.zeros(shape, dy.dtype)
    entries = np.arange(diagonal_length(shape[axis1], shape[axis2], offset))
    places = (..., entries - min(offset, 0), entries + max(offset, 0))
    np.moveaxis(dx, (axis1, axis2), (-2, -1))[places] = dy
    return dx


class Diagonal(Rearrangement, keras="ops.numpy"):
    """y has the entries x[i, i + offset] of two axes, on a last axis; dx has dy there, else 0.

    Args:
        offset: how far the diagonal lies above the main one.
        axis1, axis2: the axes of rows and columns.
    """

    def __init__(self, offset: int = 0, axis1: int = 0, axis2: int = 1, name: str | None = None):
        super().__init__(name)
        self.offset, self.axis1, self.axis2 = offset, axis1, axis2

    def move(self, x):
        """The diagonal."""
        return np.diagonal(x, self.offset, self.axis1, self.axis2)

    def move_backward(self, dy, shape):
        """dy on the diagonal."""
        return with_diagonal(dy, shape, self.offset, self.axis1, self.axis2)

    def shape(self, x):
        """The sizes of the other axes, and the diagonal's length."""
        axes = self.axes_of((self.axis1, self.axis2), len(x))
        length = diagonal_length(*(x[axis] for axis in axes), self.offset)
        return (*(size for axis, size in enumerate(x) if axis not in axes), length)


class Trace(Widening, Diagonal, keras="ops.numpy"):
    """y = Σ x[i, i + offset] over two axes; dx = dy on the diagonal, else 0.

    Args:
        offset: how far the diagonal lies above the main one.
        axis1, axis2: the axes of rows and columns.
    """

    def move(self, x):
        """The sum."""
        return super().move(x).sum(axis=-1, dtype=self.promote(x))

    def move_backward(self, dy, shape):
        """dy on the diagonal."""
        return super().move_backward(dy[..., None], shape)

    def shape(self, x):
        """The sizes of the other axes."""
        return super().shape(x)[:-1]


class Diagflat(Rearrangement, keras="ops.numpy"):
    """y is the matrix that has x's numbers on a diagonal, else 0; dx is dy's diagonal.

    Args:
        k: how far the diagonal lies above the main one.
    """

    def __init__(self, k: int = 0, name: str | None = None):
        super().__init__(name)
        self.k = k

    def move(self, x):
        """The matrix."""
        size = x.size + abs(self.k)
        return with_diagonal(x.reshape(-1), (size, size), self.k)

    def move_backward(self, dy, shape):
        """The diagonal."""
        return np.diagonal(dy, self.k).reshape(shape)

    def shape(self, x):
        """(numbers + |k|) twice."""
        return (None if None in x else math.prod(x) + abs(self.k),) * 2


class Diag(Diagflat, keras="ops.numpy"):
    """The matrix with a vector x on its diagonal, as `Diagflat`; of a matrix x the diagonal.

    Raises:
        ValueError: for an array of other than one or two axes.
    """

    def move(self, x):
        """The matrix, or the diagonal."""
        return super().move(x) if x.ndim == 1 else np.diagonal(x, self.k)

    def move_backward(self, dy, shape):
        """The diagonal, or the matrix."""
        if len(shape) == 1:
            return super().move_backward(dy, shape)
        return with_diagonal(dy, shape, self.k)

    def shape(self, x):
        """The matrix's, or the diagonal's."""
        if len(x) == 1:
            return super().shape(x)
        if len(x) != 2:
            raise ValueError(
                f"Operation '{self.name}' takes an array of one or two axes. Received: shape={x}"
            )
        return (diagonal_length(*x, self.k),)


class Tril(Rearrangement, keras="ops.numpy"):
    """y = x where j ≤ i + k for row i and column j of the last two axes, else 0; dx likewise.

    Args:
        k: how many diagonals above the main one stay.

    Raises:
        ValueError: for an array of fewer than two axes.
    """

    triangle = staticmethod(np.tril)

    def __init__(self, k: int = 0, name: str | None = None):
        super().__init__(name)
        self.k = k

    def move(self, x):
        """The triangle."""
        return self.triangle(x, self.k)

    def move_backward(self, dy, shape):
        """The triangle of dy."""
        return self.triangle(dy, self.k)

    def shape(self, x):
        """x's."""
        if len(x) < 2:
            raise ValueError(f"Operation '{self.name}' takes matrices. Received: shape={x}")
        return x


class Triu(Tril, keras="ops.numpy"):
    """y = x where j ≥ i + k for row i and column j of the last two axes, else 0; dx likewise.

    Args:
        k: how many diagonals above the main one are 0, with it.
    """

    triangle = staticmethod(np.triu)
