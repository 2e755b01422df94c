"""Operations that run along an axis: cumulative sums and products, integrals, differences."""

import numpy as np

from reference_numpy.annotations import ArrayLike, DType
from reference_numpy.operations.operation import Operation
from reference_numpy.operations.ordering import AlongAxis
from reference_numpy.operations.shapes import Rearrangement


def from_behind(x, axis):
    """Σ of x from each place to the end of the axis."""
    return np.flip(np.cumsum(np.flip(x, axis), axis=axis, dtype=x.dtype), axis)


class Cumsum(AlongAxis, keras="ops.numpy"):
    """y[i] = Σ of x[j] for j ≤ i;  dx[j] = Σ of dy[i] for i ≥ j.

    Args:
        axis: the axis; None for all numbers one after another.
        dtype: name of the dtype to compute in; None for x's (int32 for truth values).
    """

    def __init__(self, axis: int | None = None, dtype: DType = None, name: str | None = None):
        super().__init__(name)
        self.axis, self.result_dtype = axis, dtype

    def promote(self, *arguments):
        """Name of the dtype that is computed in."""
        dtype = self.result_dtype or super().promote(*arguments)
        return "int32" if dtype == "bool" else dtype

    def along(self, x, axis):
        """The sums."""
        return np.cumsum(x, axis=axis, dtype=x.dtype), None

    def along_backward(self, dy, cache, axis):
        """The sums of dy from behind."""
        return from_behind(dy, axis)

    def get_config(self):
        """The arguments, with the dtype."""
        return {**super().get_config(), "dtype": self.result_dtype}


class Cumprod(Cumsum, keras="ops.numpy"):
    """y[i] = Π of x[j] for j ≤ i;  dx[j] = Σ over i ≥ j of dy[i] y[i] / x[j].

    From the first zero on all y are 0, so behind it dx is 0. At the zero itself y[i] / x[j] stands
    for the products without that factor (TensorFlow takes 0, which is wrong).
    """

    def along(self, x, axis):
        """The products, and x."""
        return np.cumprod(x, axis=axis, dtype=x.dtype), x

    def along_backward(self, dy, x, axis):
        """Sums from behind over the factor."""
        one, is_zero = np.ones_like(x), x == 0
        is_first = is_zero & (np.cumsum(is_zero, axis=axis) == 1)
        y = np.cumprod(x, axis=axis)
        y_with_one = np.cumprod(np.where(is_first, one, x), axis=axis)
        elsewhere = from_behind(dy * y, axis) / np.where(is_zero, one, x)
        return np.where(is_first, from_behind(dy * y_with_one, axis), elsewhere)


class Trapezoid(Operation, keras="ops.numpy"):
    """The integral of y over an axis by the trapezoidal rule: Σ of (y[i] + y[i+1]) / 2 · step[i].

    Backward, with dz the gradient of the integral: dy[i] = dz (step[i−1] + step[i]) / 2, without
    the step that the first and the last lack.

    Args:
        x: where the y stand, nested lists of y's shape (numbers for the last axis); None for `dx`.
        dx: the step from one to the next.
        axis: the axis.

    Raises:
        ValueError: for an axis that y does not have.
    """

    floating = True

    def __init__(
        self,
        x: ArrayLike | None = None,
        dx: float = 1.0,
        axis: int = -1,
        name: str | None = None,
    ):
        super().__init__(name)
        self.x, self.dx, self.axis = x, dx, axis

    def forward(self, y):
        """The integral; backward needs y and the steps."""
        (numbers,) = self.promoted(y)
        numbers = np.moveaxis(numbers, self.axis, -1)
        if self.x is None:
            steps = np.full(1, self.dx, numbers.dtype)
        else:
            places = np.asarray(self.x, numbers.dtype)
            steps = np.moveaxis(np.diff(places, axis=self.axis), self.axis, -1)
        heights = (numbers[..., 1:] + numbers[..., :-1]) / 2
        return (heights * steps).sum(axis=-1), (y, steps)

    def backward(self, dy, cache):
        """Half of both steps beside each y."""
        y, steps = cache
        if y.dtype.kind != "f":
            return (None,)
        dnumbers = np.zeros_like(np.moveaxis(y, self.axis, -1))
        halves = dy[..., None] * steps / 2
        dnumbers[..., 1:] += halves
        dnumbers[..., :-1] += halves
        return (np.moveaxis(dnumbers, -1, self.axis),)

    def shape(self, y):
        """y's without the axis."""
        axis = self.axis_of(self.axis, len(y))
        return (*y[:axis], *y[axis + 1 :])


class Diff(Rearrangement, keras="ops.numpy"):
    """y[i] = x[i + 1] − x[i] along an axis, `n` times over.

    dx[i] = dy[i − 1] − dy[i] with zeros beyond both ends, n times over.

    Args:
        n: how often.
        axis: the axis.

    Raises:
        ValueError: for an n below 0.
    """

    def __init__(self, n: int = 1, axis: int = -1, name: str | None = None):
        super().__init__(name)
        if n < 0:
            raise ValueError(f"Operation '{self.name}' takes 0 or more differences, not {n}.")
        self.n, self.axis = n, axis

    def move(self, x):
        """The differences."""
        axis = self.axis_of(self.axis, x.ndim)
        return np.diff(x, min(self.n, x.shape[axis]), axis)

    def move_backward(self, dy, shape):
        """Those of dy, with the sign changed as often."""
        axis = self.axis_of(self.axis, dy.ndim)
        order = min(self.n, shape[axis])
        around = [(order, order) if a == axis else (0, 0) for a in range(dy.ndim)]
        return np.diff(np.pad(dy, around), order, axis) * dy.dtype.type((-1) ** order)

    def shape(self, x):
        """x's with as many entries less."""
        axis = self.axis_of(self.axis, len(x))
        size = None if x[axis] is None else max(x[axis] - self.n, 0)
        return (*x[:axis], size, *x[axis + 1 :])
