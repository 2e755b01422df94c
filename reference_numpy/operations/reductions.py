"""Operations that leave axes out: sums, products, means and extrema."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from reference_numpy.annotations import Array, DType
from reference_numpy.operations.operation import Operation

#: what small integers are summed and multiplied in
WIDER = {
    **dict.fromkeys(["bool", "int8", "int16"], "int32"),
    **dict.fromkeys(["uint8", "uint16"], "uint32"),
}


class Reduction(Operation):
    """One number for all that lie along some axes.

    A subclass defines `reduce(x, axes)`, which keeps the axes with size 1, and
    `reduce_backward(dy, x, y, axes)`, the gradient for x from dy and y that have them.

    Args:
        axis: an axis, several, or None for all.
        keepdims: whether they stay, of size 1.

    Raises:
        ValueError: for an axis that x does not have.
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = None,
        keepdims: bool = False,
        name: str | None = None,
    ):
        super().__init__(name)
        self.axis, self.keepdims = axis, keepdims

    def _axes(self, ndim):
        if self.axis is None:
            return tuple(range(ndim))
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        return tuple(self.axis_of(axis, ndim) for axis in axes)

    def forward(self, x):
        """What is left of x, and x beside it."""
        axes, (numbers,) = self._axes(x.ndim), self.promoted(x)
        y = self.reduce(numbers, axes)
        return (y if self.keepdims else np.squeeze(y, axes)), (x, numbers, y, axes)

    def backward(self, dy, cache):
        """The gradient of x, where it is floating."""
        x, numbers, y, axes = cache
        if x.dtype.kind != "f":
            return (None,)
        dx = self.reduce_backward(dy.reshape(y.shape), numbers, y, axes)
        return (dx.astype(x.dtype, copy=False),)

    def shape(self, x):
        """x's without the axes, or with 1 for them."""
        axes = self._axes(len(x))
        if self.keepdims:
            return tuple(1 if axis in axes else size for axis, size in enumerate(x))
        return tuple(size for axis, size in enumerate(x) if axis not in axes)


class Widening:
    """Computes with small integers and truth values in 32 bits, as Keras does for sums."""

    def promote(self, *arguments):
        """Name of the dtype that the arguments are computed with in."""
        dtype = super().promote(*arguments)
        return WIDER.get(dtype, dtype)


class Sum(Widening, Reduction, keras="ops.numpy"):
    """y = Σ x over axes; dx = dy everywhere."""

    def reduce(self, x, axes):
        """The sum."""
        return x.sum(axis=axes, keepdims=True, dtype=x.dtype)

    def reduce_backward(self, dy, x, y, axes):
        """dy for every term."""
        return np.broadcast_to(dy, x.shape)


class Mean(Reduction, keras="ops.numpy"):
    """y = the mean of x over axes; dx = dy over their number."""

    floating = True

    def reduce(self, x, axes):
        """The mean."""
        return x.mean(axis=axes, keepdims=True).astype(x.dtype, copy=False)

    def reduce_backward(self, dy, x, y, axes):
        """dy over the number of terms."""
        return np.broadcast_to(dy / number_along(x, axes), x.shape)


def number_along(x, axes):
    """How many numbers lie along the axes."""
    return math.prod(x.shape[axis] for axis in axes)


class Product(Widening, Reduction):
    """y = Π x over axes; dx = dy times the product of the other factors."""

    def reduce(self, x, axes):
        """The product."""
        return x.prod(axis=axes, keepdims=True, dtype=x.dtype)

    def reduce_backward(self, dy, x, y, axes):
        """dy times the product of the others."""
        return dy * others_product(
            x,
            lambda factors: self.reduce(factors, axes),
            lambda zeros: zeros.sum(axis=axes, keepdims=True),
        )


def others_product(x, product, count):
    """For each factor the product of the others, which is y / x unless a factor is 0.

    Beside one factor of 0 it is the product of those that are not 0; beside two of them it is 0.

    Args:
        x: the factors.
        product, count: functions that give every factor the product of all, and the number of the
            True ones, along what is multiplied.
    """
    is_zero = x == 0
    factors = np.where(is_zero, np.ones_like(x), x)
    rest, zeros = product(factors), count(is_zero)
    return np.where(is_zero, rest * (zeros == 1), rest / factors * (zeros == 0))


class Prod(Product, keras="ops.numpy"):
    """y = Π x over axes; dx = dy times the product of the other factors.

    Args:
        dtype: name of the dtype to compute in; None for x's.
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = None,
        keepdims: bool = False,
        dtype: DType = None,
        name: str | None = None,
    ):
        super().__init__(axis, keepdims, name)
        self.result_dtype = dtype

    def promote(self, *arguments):
        """The dtype asked for, or what products of x's have."""
        return self.result_dtype or super().promote(*arguments)

    def get_config(self):
        """The arguments, with the dtype."""
        return {**super().get_config(), "dtype": self.result_dtype}


class Logsumexp(Reduction, keras="ops.math"):
    """y = log Σ eˣ over axes, computed as m + log Σ eˣ⁻ᵐ with the largest x = m; dx = dy eˣ⁻ʸ."""

    floating = True

    def reduce(self, x, axes):
        """The logarithm of the sum of exponentials."""
        largest = x.max(axis=axes, keepdims=True)
        largest = np.where(np.isfinite(largest), largest, np.zeros_like(largest))
        return largest + np.log(np.exp(x - largest).sum(axis=axes, keepdims=True))

    def reduce_backward(self, dy, x, y, axes):
        """dy times the softmax of x."""
        return dy * np.exp(x - y)


class Amax(Reduction, keras="ops.numpy"):
    """y = max x over axes; dx = dy where x is the maximum.

    Equal maxima, where it has no derivative, share dy evenly, as in TensorFlow.
    """

    extremum: Callable[..., Array] = staticmethod(np.max)

    def reduce(self, x, axes):
        """The maximum."""
        return self.extremum(x, axis=axes, keepdims=True)

    def reduce_backward(self, dy, x, y, axes):
        """dy shared out among the maxima."""
        return dy * shares(x, y, axes)


def shares(x, y, axes):
    """1 where x is y, and where there are several along the axes, one over their number."""
    found = (x == y).astype(x.dtype)
    # There is none where y is a bound that no x reaches.
    return found / np.maximum(found.sum(axis=axes, keepdims=True), 1)


class Amin(Amax, keras="ops.numpy"):
    """y = min x over axes; dx = dy where x is the minimum, shared out evenly like `Amax`'s."""

    extremum = staticmethod(np.min)


class Max(Amax, keras="ops.numpy"):
    """y = max x over axes; dx = dy where x is the maximum, shared out evenly like `Amax`'s.

    Args:
        initial: a number that y is at least; where it is above all x there is no gradient.
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = None,
        keepdims: bool = False,
        initial: float | None = None,
        name: str | None = None,
    ):
        super().__init__(axis, keepdims, name)
        self.initial = initial

    def reduce(self, x, axes):
        """The maximum, or the initial number."""
        return self.extremum(x, axis=axes, keepdims=True, initial=self.initial)


class Min(Max, keras="ops.numpy"):
    """y = min x over axes; dx = dy where x is the minimum, shared out evenly like `Amax`'s.

    Args:
        initial: a number that y is at most; where it is below all x there is no gradient.
    """

    extremum = staticmethod(np.min)


class Ptp(Reduction, keras="ops.numpy"):
    """y = max x − min x over axes; dx = dy where x is the maximum, −dy where it is the minimum.

    Equal extrema share dy evenly.
    """

    def reduce(self, x, axes):
        """The range of x."""
        largest, smallest = self._extrema(x, axes)
        return largest - smallest

    def reduce_backward(self, dy, x, y, axes):
        """dy for the maximum, −dy for the minimum."""
        largest, smallest = self._extrema(x, axes)
        return dy * (shares(x, largest, axes) - shares(x, smallest, axes))

    @staticmethod
    def _extrema(x, axes):
        return x.max(axis=axes, keepdims=True), x.min(axis=axes, keepdims=True)


class CountNonzero(Reduction, keras="ops.numpy"):
    """How many x are not 0 over axes; no gradient."""

    result_dtype = "int32"
    not_in_config = (*Operation.not_in_config, "keepdims")

    def __init__(self, axis: int | Sequence[int] | None = None, name: str | None = None):
        super().__init__(axis, name=name)

    def reduce(self, x, axes):
        """The number of those that are not 0."""
        return np.count_nonzero(x, axis=axes, keepdims=True).astype("int32")

    def backward(self, dy, cache):
        """None."""
        return (None,)
