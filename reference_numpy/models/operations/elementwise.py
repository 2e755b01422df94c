"""Operations on each number of an array by itself."""

import numpy as np

from reference_numpy.models.operations.operation import Operation


class Unary(Operation):
    """y = f(x);  dx = dy f′(x).

    A subclass defines `value(x)` = f(x) and `slope(x, y)` = f′(x).
    """

    def compute(self, x):
        """f(x), and what backward needs."""
        (number,) = self.promoted(x)
        y = self.value(number)
        return y, (x, y)

    def slopes(self, dy, cache):
        """dy f′(x)."""
        x, y = cache
        return (dy * self.slope(x, y) if x.dtype.kind == "f" else None,)

    def shape(self, x):
        """x's."""
        return x


class Negative(Unary):
    """y = −x."""

    value = staticmethod(np.negative)
    slope = staticmethod(lambda x, y: -1.0)


class Absolute(Unary):
    """y = |x|; the derivative at 0 is 0."""

    value = staticmethod(np.abs)
    slope = staticmethod(lambda x, y: np.sign(x))


class Square(Unary):
    """y = x²."""

    value = staticmethod(np.square)
    slope = staticmethod(lambda x, y: 2.0 * x)


class Sqrt(Unary):
    """y = √x."""

    floating = True
    value = staticmethod(np.sqrt)
    slope = staticmethod(lambda x, y: 0.5 / y)


class Exp(Unary):
    """y = eˣ."""

    floating = True
    value = staticmethod(np.exp)
    slope = staticmethod(lambda x, y: y)


class Log(Unary):
    """y = log x."""

    floating = True
    value = staticmethod(np.log)
    slope = staticmethod(lambda x, y: 1.0 / x)


class Clip(Unary):
    """y = min(max(x, x_min), x_max); the derivative at both bounds is 1, as in TensorFlow.

    Args:
        x_min, x_max: the bounds, numbers.
    """

    def __init__(self, x_min, x_max, name=None):
        super().__init__(name)
        self.x_min, self.x_max = x_min, x_max

    def value(self, x):
        """x within the bounds."""
        return np.clip(x, self.x_min, self.x_max)

    def slope(self, x, y):
        """1 within the bounds, else 0."""
        return (x >= self.x_min) & (x <= self.x_max)


OFFERED = {
    "ops.numpy": [Negative, Absolute, Square, Sqrt, Exp, Log, Clip],
}
