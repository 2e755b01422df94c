"""Norms and distances."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.operations.binary import broadcast_shapes, unbroadcast
from reference_numpy.operations.operation import Operation
from reference_numpy.operations.products import check_sizes
from reference_numpy.operations.reductions import Reduction, shares

_MATRIX_ORDERS = (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


class Norm(Reduction, keras="ops.linalg"):
    """The norm of the vectors along an axis, or of the matrices along two.

    For vectors                                     dx

        2 (or None)  y = √Σ x²                      dy x / y, NaN where y is 0 as in TensorFlow
        ∞, −∞        y = max |x|, min |x|           dy sign x where |x| is y, shared out evenly
        0            y = how many x are not 0       0
        p            y = (Σ |x|ᵖ)^(1/p)             dy sign x (|x| / y)ᵖ⁻¹

    and for matrices, with the first of the axes for rows and the singular values s,

        "fro" (or None)  y = √Σ x²                  dy x / y
        1, −1            y = max, min of Σ |x| over rows           dy sign x in that column
        ∞, −∞            y = max, min of Σ |x| over columns        dy sign x in that row
        "nuc"            y = Σ s                    dy U Vᵀ
        2, −2            y = max s, min s           dy u vᵀ of that singular value

    Args:
        ord: one of these.
        axis: an axis or two, or None for all.
        keepdims: whether they stay, of size 1.

    Raises:
        ValueError: for an order that there is not, and for more axes than two.
    """

    floating = True

    def __init__(
        self,
        ord: int | float | str | None = None,
        axis: int | Sequence[int] | None = None,
        keepdims: bool = False,
        name: str | None = None,
    ):
        super().__init__(axis, keepdims, name)
        self.ord = ord

    def _axes(self, ndim):
        axes = super()._axes(ndim)
        if len(axes) not in (1, 2):
            raise ValueError(
                f"Operation '{self.name}' takes one axis or two. Received: axis={self.axis} for an "
                f"array of {ndim} axes"
            )
        known = not isinstance(self.ord, str) if len(axes) == 1 else self.ord in _MATRIX_ORDERS
        if not known:
            what = "vectors" if len(axes) == 1 else "matrices"
            raise ValueError(
                f"Operation '{self.name}': {what} have no norm of the order {self.ord!r}."
            )
        return axes

    def reduce(self, x, axes):
        """The norm."""
        kind = self._kind(axes)
        if kind == "root of squares":
            return np.sqrt(np.square(x).sum(axis=axes, keepdims=True))
        if kind == "singular values":
            s = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), compute_uv=False)
            y = s.sum(axis=-1) if self.ord == "nuc" else self._extremum(s, axis=-1)
            return np.expand_dims(y, axes)
        if kind == "extremum":
            sums, axis = self._sums(x, axes)
            return self._extremum(sums, axis=axis, keepdims=True)
        if kind == "number":
            return (x != 0).sum(axis=axes, keepdims=True, dtype=x.dtype)
        return (np.abs(x) ** self.ord).sum(axis=axes, keepdims=True) ** (1 / self.ord)

    def reduce_backward(self, dy, x, y, axes):
        """dy times the derivative."""
        kind = self._kind(axes)
        if kind == "root of squares":
            return dy * (x / y)
        if kind == "singular values":
            u, s, vt = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), full_matrices=False)
            chosen = np.ones_like(s)
            if self.ord != "nuc":
                chosen = shares(s, self._extremum(s, axis=-1, keepdims=True), (-1,))
            return dy * np.moveaxis(u * chosen[..., None, :] @ vt, (-2, -1), axes)
        if kind == "extremum":
            sums, axis = self._sums(x, axes)
            return dy * np.sign(x) * shares(sums, y, (axis,))
        if kind == "number":
            return np.zeros_like(x)
        return dy * np.sign(x) * (np.abs(x) / y) ** (self.ord - 1)

    def _kind(self, axes):
        """How the norm is made."""
        if self.ord in (None, "fro") or (len(axes) == 1 and self.ord == 2):
            return "root of squares"
        if self.ord in (np.inf, -np.inf) or (len(axes) == 2 and self.ord in (1, -1)):
            return "extremum"
        if len(axes) == 2:
            return "singular values"
        return "number" if self.ord == 0 else "root of powers"

    @property
    def _extremum(self):
        return np.max if self.ord > 0 else np.min

    def _sums(self, x, axes):
        """What the norm is an extremum of, Σ |x| or |x| itself, and along which axis."""
        if len(axes) == 1:
            return np.abs(x), axes[0]
        summed, axis = axes if self.ord in (1, -1) else axes[::-1]
        return np.abs(x).sum(axis=summed, keepdims=True), axis


class CDist(Operation, keras="ops.math"):
    """y[i, j] = |a[i] − b[j]|, the distances between two collections of points.

    da[i] = Σ over j of dy[i, j] (a[i] − b[j]) / y[i, j], and db[j] = −Σ over i of the same; NaN
    where two points coincide, as in TensorFlow.

    Shapes: a (…, m, d), b (…, n, d), y (…, m, n).

    Raises:
        ValueError: for arrays of fewer axes, and points of another number of coordinates.
    """

    floating = True

    def forward(self, x, y):
        """The distances, and the differences."""
        a, b = self.promoted(x, y)
        difference = a[..., :, None, :] - b[..., None, :, :]
        distance = np.sqrt(np.square(difference).sum(axis=-1))
        return distance, (x, y, difference, distance)

    def backward(self, dy, cache):
        """The differences times dy over the distances, summed over the other collection."""
        x, y, difference, distance = cache
        ddifference = (dy / distance)[..., None] * difference
        return unbroadcast(ddifference.sum(axis=-2), x), unbroadcast(-ddifference.sum(axis=-3), y)

    def shape(self, x, y):
        """How many points there are in each collection."""
        if len(x) < 2 or len(y) < 2:
            raise ValueError(
                f"Operation '{self.name}' takes arrays of two axes at least. Received: shapes {x} "
                f"and {y}"
            )
        check_sizes(self, x, y, x[-1:], y[-1:])
        return (*broadcast_shapes(x[:-2], y[:-2]), x[-2], y[-2])
