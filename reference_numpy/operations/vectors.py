"""Products of vectors, and of arrays that are taken for vectors."""

import math

import numpy as np

from reference_numpy.operations.binary import Binary, broadcast_shapes, unbroadcast
from reference_numpy.operations.operation import Operation


class Outer(Operation, keras="ops.numpy"):
    """y[i, j] = a[i] b[j], all numbers of a and b one after another;  da = dy b, db = dyᵀ a."""

    def forward(self, x1, x2):
        """The products, and the factors as vectors."""
        a, b = (np.asarray(x, self.promote(x1, x2)).reshape(-1) for x in (x1, x2))
        return np.outer(a, b), (x1, x2, a, b)

    def backward(self, dy, cache):
        """dy b and dyᵀ a."""
        x1, x2, a, b = cache
        return _like(dy @ b, x1), _like(a @ dy, x2)

    def shape(self, x1, x2):
        """How many numbers a and b have."""
        return tuple(None if None in shape else math.prod(shape) for shape in (x1, x2))


def _like(dx, x):
    """The gradient in x's shape and dtype; None for an x without one."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return None
    return dx.reshape(x.shape).astype(x.dtype, copy=False)


class Vdot(Operation, keras="ops.numpy"):
    """y = Σ a b over all numbers, one after another;  da = dy b, db = dy a."""

    def forward(self, x1, x2):
        """The sum of products, and the factors as vectors."""
        a, b = (x.reshape(-1) for x in self.promoted(x1, x2))
        return np.asarray(a @ b), (x1, x2, a, b)

    def backward(self, dy, cache):
        """dy b and dy a."""
        x1, x2, a, b = cache
        return _like(dy * b, x1), _like(dy * a, x2)

    def shape(self, x1, x2):
        """None at all."""
        return ()


class Cross(Binary, keras="ops.numpy"):
    """y = a × b, the vectors along an axis of a and of b;  da = b × dy, db = dy × a.

    A vector of two numbers has the third 0; of two such ones only the third of a × b is left.

    Args:
        axisa, axisb, axisc: the axes of a, b and y along which the vectors lie.
        axis: one for all three, which goes first.

    Raises:
        ValueError: for vectors of other sizes.
    """

    def __init__(
        self,
        axisa: int = -1,
        axisb: int = -1,
        axisc: int = -1,
        axis: int | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.axisa, self.axisb, self.axisc, self.axis = axisa, axisb, axisc, axis

    def forward(self, x1, x2):
        """The vectors across, and the factors with the vectors on the last axis, of size 3."""
        axisa, axisb, axisc = self._axes()
        a, b = self.promoted(x1, x2)
        a, b = _in_space(np.moveaxis(a, axisa, -1)), _in_space(np.moveaxis(b, axisb, -1))
        y = np.cross(a, b)
        flat = x1.shape[axisa] == x2.shape[axisb] == 2
        return (y[..., 2] if flat else np.moveaxis(y, -1, axisc)), (x1, x2, a, b, flat)

    def backward(self, dy, cache):
        """b × dy and dy × a, summed over broadcast axes."""
        axisa, axisb, axisc = self._axes()
        x1, x2, a, b, flat = cache
        if flat:
            dy = np.stack([np.zeros_like(dy), np.zeros_like(dy), dy], axis=-1)
        else:
            dy = np.moveaxis(dy, axisc, -1)
        return (
            self._back(np.cross(b, dy), x1, axisa),
            self._back(np.cross(dy, a), x2, axisb),
        )

    @staticmethod
    def _back(dx, x, axis):
        """The gradient with the vectors where x has them."""
        gradient = unbroadcast(dx[..., : x.shape[axis]], np.moveaxis(x, axis, -1))
        return None if gradient is None else np.moveaxis(gradient, -1, axis)

    def _axes(self):
        same = self.axis is not None
        return (self.axis,) * 3 if same else (self.axisa, self.axisb, self.axisc)

    def shape(self, x1, x2):
        """What the two broadcast to without the vectors, and 3 unless both have 2."""
        axes, sizes, rests = self._axes(), [], []
        for shape, axis in zip((x1, x2), axes):
            axis = self.axis_of(axis, len(shape))
            sizes.append(shape[axis])
            rests.append(shape[:axis] + shape[axis + 1 :])
        if any(size not in (2, 3) for size in sizes):
            raise ValueError(
                f"Operation '{self.name}' takes vectors of two or three numbers. Received: {sizes}"
            )
        rest = broadcast_shapes(*rests)
        if 3 not in sizes:
            return rest
        axis = self.axis_of(axes[2], len(rest) + 1)
        return (*rest[:axis], 3, *rest[axis:])


def _in_space(vectors):
    """Vectors of two numbers with a 0 as the third."""
    missing = 3 - vectors.shape[-1]
    return np.pad(vectors, [(0, 0)] * (vectors.ndim - 1) + [(0, missing)])


class Correlate(Operation, keras="ops.numpy"):
    """y[k] = Σ over j of a[k + j] b[j] for two vectors, a as if it had zeros before and behind.

    With dz = dy, and zeros at the k that y lacks:  da[i] = Σ over k of dz[k] b[i − k],
    db[j] = Σ over k of dz[k] a[k + j].

    Args:
        mode: which k: `"valid"` those that need no zeros, `"full"` all that meet a at all,
            `"same"` the middle ones, as many as the longer vector has.

    Raises:
        ValueError: for arrays of another number of axes, an unknown mode, and in the mode `"valid"`
            a b that is longer than a.
    """

    floating = True

    def __init__(self, mode: str = "valid", name: str | None = None):
        super().__init__(name)
        if mode not in ("valid", "same", "full"):
            raise ValueError(
                f"Operation '{self.name}': `mode` must be 'valid', 'same' or 'full'. "
                f"Received: {mode!r}"
            )
        self.mode = mode

    def forward(self, x1, x2):
        """The sums, and the two vectors."""
        a, b = self.promoted(x1, x2)
        return np.correlate(a, b, "full")[self._part(a.size, b.size)], (x1, x2, a, b)

    def backward(self, dy, cache):
        """The two sums of the docstring."""
        x1, x2, a, b = cache
        dz = np.zeros(a.size + b.size - 1, dy.dtype)
        dz[self._part(a.size, b.size)] = dy
        da, db = np.convolve(dz, b, "valid"), np.correlate(dz, a, "valid")[::-1]
        return _like(da, x1), _like(db, x2)

    def _part(self, size1, size2):
        """Which of all k."""
        full = size1 + size2 - 1
        length = {"full": full, "same": max(size1, size2), "valid": size1 - size2 + 1}[self.mode]
        return slice((full - length) // 2, (full - length) // 2 + length)

    def shape(self, x1, x2):
        """How many k there are."""
        if len(x1) != 1 or len(x2) != 1:
            raise ValueError(
                f"Operation '{self.name}' takes vectors. Received: shapes {x1} and {x2}"
            )
        if None in x1 + x2:
            return (None,)
        part = self._part(*x1, *x2)
        if part.stop <= part.start:
            raise ValueError(f"Operation '{self.name}': {x2[0]} numbers do not fit into {x1[0]}.")
        return (part.stop - part.start,)
