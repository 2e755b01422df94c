"""Operations on each number of an array by itself."""

import math

import numpy as np

from reference_numpy.operations.operation import Operation


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


class Abs(Absolute):
    """y = |x|, by its other name."""


class Fabs(Absolute):
    """y = |x|, floating also for integers."""

    floating = True


class Square(Unary):
    """y = x²."""

    value = staticmethod(np.square)
    slope = staticmethod(lambda x, y: 2.0 * x)

    def promote(self, x):
        """x's dtype, int32 for truth values."""
        dtype = super().promote(x)
        return "int32" if dtype == "bool" else dtype


class Sqrt(Unary):
    """y = √x."""

    floating = True
    value = staticmethod(np.sqrt)
    slope = staticmethod(lambda x, y: 0.5 / y)


class Reciprocal(Unary):
    """y = 1 / x."""

    floating = True
    value = staticmethod(np.reciprocal)
    slope = staticmethod(lambda x, y: -y * y)


class Rsqrt(Unary):
    """y = 1 / √x."""

    floating = True
    value = staticmethod(lambda x: 1.0 / np.sqrt(x))
    slope = staticmethod(lambda x, y: -0.5 * y / x)


class Cbrt(Unary):
    """y = ∛x."""

    floating = keeps_width = True
    value = staticmethod(np.cbrt)
    slope = staticmethod(lambda x, y: 1.0 / (3.0 * y * y))


class Exp(Unary):
    """y = eˣ."""

    floating = True
    value = staticmethod(np.exp)
    slope = staticmethod(lambda x, y: y)


class Exp2(Unary):
    """y = 2ˣ."""

    floating = True
    value = staticmethod(np.exp2)
    slope = staticmethod(lambda x, y: y * math.log(2.0))


class Expm1(Unary):
    """y = eˣ − 1, exact for small x."""

    floating = True
    value = staticmethod(np.expm1)
    slope = staticmethod(lambda x, y: y + 1.0)


class Log(Unary):
    """y = log x."""

    floating = True
    value = staticmethod(np.log)
    slope = staticmethod(lambda x, y: 1.0 / x)


class Log2(Unary):
    """y = log₂ x."""

    floating = True
    value = staticmethod(np.log2)
    slope = staticmethod(lambda x, y: 1.0 / (x * math.log(2.0)))


class Log10(Unary):
    """y = log₁₀ x."""

    floating = True
    value = staticmethod(np.log10)
    slope = staticmethod(lambda x, y: 1.0 / (x * math.log(10.0)))


class Log1p(Unary):
    """y = log(1 + x), exact for small x."""

    floating = True
    value = staticmethod(np.log1p)
    slope = staticmethod(lambda x, y: 1.0 / (1.0 + x))


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


class Step(Unary):
    """What is constant between its jumps; the derivative is 0."""

    slope = staticmethod(lambda x, y: np.zeros_like(x))


class Sign(Step):
    """y = −1, 0 or 1, the sign of x."""

    value = staticmethod(np.sign)


class Floor(Step):
    """y = ⌊x⌋."""

    floating = True
    value = staticmethod(np.floor)


class Ceil(Step):
    """y = ⌈x⌉."""

    floating = True
    value = staticmethod(np.ceil)


class Trunc(Step):
    """y = x without its fraction."""

    value = staticmethod(np.trunc)


class Round(Step):
    """y = x rounded, halves to the even neighbour.

    Args:
        decimals: digits after the point; before it where negative.
    """

    def __init__(self, decimals=0, name=None):
        super().__init__(name)
        self.decimals = decimals

    def value(self, x):
        """x rounded."""
        return np.round(x, self.decimals)


class Copy(Unary):
    """y = x."""

    value = staticmethod(np.copy)
    slope = staticmethod(lambda x, y: np.ones_like(x))


class StopGradient(Unary):
    """y = x, of which backward knows nothing: x has no gradient."""

    value = staticmethod(np.copy)

    def slopes(self, dy, cache):
        """None."""
        return (None,)


class NanToNum(Unary):
    """y = x with other numbers for NaN and infinities, whose derivative is 0.

    Args:
        nan: for NaN.
        posinf, neginf: for ∞ and −∞; None for the largest and the smallest number there is.
    """

    def __init__(self, nan=0.0, posinf=None, neginf=None, name=None):
        super().__init__(name)
        self.nan, self.posinf, self.neginf = nan, posinf, neginf

    def value(self, x):
        """x with finite numbers only."""
        return np.nan_to_num(x, nan=self.nan, posinf=self.posinf, neginf=self.neginf)

    def slope(self, x, y):
        """1 where x is finite."""
        return np.isfinite(x)


OFFERED = {
    "ops.numpy": [
        Negative,
        Absolute,
        Abs,
        Fabs,
        Square,
        Sqrt,
        Reciprocal,
        Cbrt,
        Exp,
        Exp2,
        Expm1,
        Log,
        Log2,
        Log10,
        Log1p,
        Clip,
        Sign,
        Floor,
        Ceil,
        Trunc,
        Round,
        Copy,
        NanToNum,
    ],
    "ops.math": [Rsqrt],
    "ops.core": [StopGradient],
}
