"""Variances, weighted means and quantiles."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.operations.operation import Operation
from reference_numpy.operations.reductions import Reduction, number_along


class Var(Reduction, keras="ops.numpy"):
    """y = the mean of (x − mean x)² over axes;  dx = 2 dy (x − mean x) / their number."""

    floating = True

    def reduce(self, x, axes):
        """The variance."""
        deviations, number = self.deviations(x, axes)
        return np.square(deviations).sum(axis=axes, keepdims=True) / number

    def reduce_backward(self, dy, x, y, axes):
        """Twice dy times the deviation, over the number."""
        deviations, number = self.deviations(x, axes)
        return 2 * dy / number * deviations

    def deviations(self, x, axes):
        """x − mean x, and how many they are."""
        return x - x.mean(axis=axes, keepdims=True), number_along(x, axes)


class Std(Var, keras="ops.numpy"):
    """y = √Var x over axes;  dx = dy (x − mean x) / (y · their number), NaN where y is 0."""

    def reduce(self, x, axes):
        """The standard deviation."""
        return np.sqrt(super().reduce(x, axes))

    def reduce_backward(self, dy, x, y, axes):
        """The variance's gradient, for dy / 2y."""
        return super().reduce_backward(dy / (2 * y), x, y, axes)


class Average(Operation, keras="ops.numpy"):
    """y = Σ w x / Σ w over an axis;  dx = dy w / Σ w,  dw = dy (x − y) / Σ w.

    weights: w, of x's shape, or one number for each place of the axis; without it all are 1.

    Args:
        axis: the axis; None for all.

    Raises:
        ValueError: for an axis that x does not have, and weights of another shape.
    """

    floating = True

    def __init__(self, axis: int | Sequence[int] | None = None, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def forward(self, x, weights=None):
        """The mean; backward needs w in a shape that is broadcast to x's, and Σ w."""
        numbers, w = self.promoted(x, weights)
        if w is None:
            w = np.ones((1,) * x.ndim, numbers.dtype)
        elif w.ndim < x.ndim:
            w = w.reshape([-1 if axis == self.axis % x.ndim else 1 for axis in range(x.ndim)])
        total = np.broadcast_to(w, x.shape).sum(axis=self.axis, keepdims=True)
        y = (w * numbers).sum(axis=self.axis, keepdims=True) / total
        return np.squeeze(y, self.axis), (x, weights, numbers, w, y, total)

    def backward(self, dy, cache):
        """dy w / Σ w, and dy (x − y) / Σ w summed over the axes that the weights lack."""
        x, weights, numbers, w, y, total = cache
        share = dy.reshape(y.shape) / total
        dx = np.broadcast_to(share * w, x.shape).astype(x.dtype)
        if weights is None or weights.dtype.kind != "f":
            return (dx if x.dtype.kind == "f" else None), None
        axes = tuple(axis for axis in range(x.ndim) if w.shape[axis] != x.shape[axis])
        dw = (share * (numbers - y)).sum(axis=axes, dtype=weights.dtype)
        return (dx if x.dtype.kind == "f" else None), dw.reshape(weights.shape)

    def shape(self, x, weights=None):
        """x's without the axis."""
        axis = None if self.axis is None else self.axis_of(self.axis, len(x))
        fits = weights is None or _fit(weights, x)
        if not fits and not (axis is not None and _fit(weights, x[axis : axis + 1])):
            raise ValueError(
                f"Operation '{self.name}': `weights` have x's shape, or one number for each place "
                f"of the axis. Received: weights of shape {weights}, x of shape {x}"
            )
        return () if axis is None else (*x[:axis], *x[axis + 1 :])


def _fit(shape, other):
    """Whether two shapes may be the same, as far as they are known."""
    pairs = zip(shape, other)
    return len(shape) == len(other) and all(a == b or None in (a, b) for a, b in pairs)


class Quantile(Reduction, keras="ops.numpy"):
    """The numbers below which the shares q of the x over some axes lie.

    With the n numbers in ascending order s[0 … n−1], the quantile of q has the position p = q
    (n − 1) among them and is

        linear      s[⌈p⌉ − 1] (⌈p⌉ − p) + s[⌈p⌉] (1 − ⌈p⌉ + p)
        lower       s[⌊p⌋]
        higher      s[⌈p⌉]
        midpoint    (s[⌊p⌋] + s[⌈p⌉]) / 2
        nearest     s[p rounded]

    Backward, each s sends dy times its factor to the x that it is. For `linear`, dq = dy (n − 1)
    (s[⌈p⌉] − s[⌈p⌉ − 1]); with the others q has no gradient. A NaN among the x makes the quantile
    NaN.

    q: a number, or some in one axis, which comes first in y.

    Args:
        axis: an axis, several, or None for all.
        method: one of the above.
        keepdims: whether the axes stay, of size 1.

    Raises:
        ValueError: for an axis that x does not have, an unknown method, and a q of more axes.
    """

    floating = True
    #: whether NaN counts as nothing
    leaves_nan_out = False
    #: what q = 1 is called
    whole = 1

    def __init__(
        self,
        axis: int | Sequence[int] | None = None,
        method: str = "linear",
        keepdims: bool = False,
        name: str | None = None,
    ):
        super().__init__(axis, keepdims, name)
        if method not in ("linear", "lower", "higher", "midpoint", "nearest"):
            raise ValueError(f"Operation '{self.name}': unknown method. Received: {method!r}")
        self.method = method

    def promote(self, x, *q):
        """Name of x's dtype, floating; q has no say."""
        return super().promote(x)

    def forward(self, x, q):
        """The quantiles; backward needs where they came from, and by what factors."""
        axes, (numbers,) = self._axes(x.ndim), self.promoted(x)
        rows, order = self._sorted(numbers, axes)
        missing = np.isnan(rows).sum(axis=-1, keepdims=True)
        if not self.leaves_nan_out:
            missing = np.where(missing > 0, rows.shape[-1], 0)
        number = rows.shape[-1] - missing
        places, factors = self._picks(np.ravel(q) / self.whole, number)
        factors = factors.astype(rows.dtype)
        picked = np.take_along_axis(rows[None], places, -1)
        y = np.where(number > 0, (picked * factors).sum(axis=0), rows.dtype.type(np.nan))
        cache = x, q, np.take_along_axis(order[None], places, -1), factors, picked, number
        return np.moveaxis(y, -1, 0).reshape(self.shape(x.shape, np.asarray(q).shape)), cache

    def backward(self, dy, cache):
        """dy times the factors, added up at the places that the numbers came from; dq."""
        x, q, origins, factors, picked, number = cache
        dy = np.moveaxis(dy.reshape(np.size(q), *factors.shape[1:-1]), 0, -1)
        dx = dq = None
        if x.dtype.kind == "f":
            dx = np.bincount(origins.reshape(-1), (dy * factors).reshape(-1), x.size)
            dx = dx.astype(x.dtype).reshape(x.shape)
        if self.method == "linear" and isinstance(q, np.ndarray) and q.dtype.kind == "f":
            dq = (dy * (picked[1] - picked[0]) * (number - 1)).reshape(-1, q.size).sum(axis=0)
            dq = (dq / self.whole).astype(q.dtype).reshape(q.shape)
        return dx, dq

    def _sorted(self, x, axes):
        """The numbers over the axes in ascending order, (rest…, n), and the place of each in x."""
        rest = [axis for axis in range(x.ndim) if axis not in axes]
        sizes = [x.shape[axis] for axis in rest]
        places = np.arange(x.size).reshape(x.shape)
        places, rows = (a.transpose(*rest, *axes).reshape(*sizes, -1) for a in (places, x))
        order = np.argsort(rows, axis=-1, kind="stable")
        return np.take_along_axis(rows, order, -1), np.take_along_axis(places, order, -1)

    def _picks(self, q, number):
        """The two numbers that each quantile is made of: their places and their factors."""
        position = q * np.maximum(number - 1, 0)
        lower, higher = np.floor(position), np.ceil(position)
        if self.method == "linear":
            lower = np.maximum(higher - 1, 0)  # not ⌊p⌋, so that q has a gradient where p is whole
            factors = 1 - (position - lower), position - lower
        elif self.method == "midpoint":
            factors = np.full(position.shape, 0.5), np.full(position.shape, 0.5)
        else:
            taken = {"lower": lower, "higher": higher, "nearest": np.round(position)}[self.method]
            lower, factors = taken, (np.ones(position.shape), np.zeros(position.shape))
        places = np.stack([lower, higher]).astype("int64")
        return np.minimum(places, np.maximum(number - 1, 0)), np.stack(factors)

    def shape(self, x, q):
        """x's without the axes, or with 1 for them, behind q's."""
        first = np.shape(q) if isinstance(q, list) else q
        if len(first) > 1:
            raise ValueError(
                f"Operation '{self.name}': q is a number or has one axis. Received: shape {first}"
            )
        return (*first, *super().shape(x))


class Percentile(Quantile, keras="ops.numpy"):
    """`Quantile` with q in hundredths."""

    whole = 100


class Median(Reduction, keras="ops.numpy"):
    """The middle one of the x over axes, or the mean of the middle two: their quantile of 1/2."""

    floating = True
    quantile = Quantile

    def forward(self, x):
        """The median, and what backward needs."""
        return self._quantile().forward(x, 0.5)

    def backward(self, dy, cache):
        """The quantile's gradient."""
        return (self._quantile().backward(dy, cache)[0]["x"],)

    def _quantile(self):
        return self.quantile(self.axis, keepdims=self.keepdims, name=self.name)
