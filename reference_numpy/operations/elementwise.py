"""Operations on each number of an array by itself."""

import math

import numpy as np

from reference_numpy.operations.operation import Operation


class Unary(Operation):
    """y = f(x);  dx = dy f′(x).

    A subclass defines `f(x)` and `df(x, y)` = f′(x).
    """

    def forward(self, x):
        """f(x), and what backward needs."""
        (number,) = self.promoted(x)
        y = self.f(number)
        return y, (x, y)

    def backward(self, dy, cache):
        """dy f′(x)."""
        x, y = cache
        return (dy * self.df(x, y) if x.dtype.kind == "f" else None,)

    def shape(self, x):
        """x's."""
        return x


class Negative(Unary, keras="ops.numpy"):
    """y = −x."""

    f = staticmethod(np.negative)
    df = staticmethod(lambda x, y: -1.0)


class Absolute(Unary, keras="ops.numpy"):
    """y = |x|; the derivative at 0 is 0."""

    f = staticmethod(np.abs)
    df = staticmethod(lambda x, y: np.sign(x))


class Abs(Absolute, keras="ops.numpy"):
    """y = |x|, by its other name."""


class Fabs(Absolute, keras="ops.numpy"):
    """y = |x|, floating also for integers."""

    floating = True


class Square(Unary, keras="ops.numpy"):
    """y = x²."""

    f = staticmethod(np.square)
    df = staticmethod(lambda x, y: 2.0 * x)

    def promote(self, x):
        """x's dtype, int32 for truth values."""
        dtype = super().promote(x)
        return "int32" if dtype == "bool" else dtype


class Sqrt(Unary, keras="ops.numpy"):
    """y = √x."""

    floating = True
    f = staticmethod(np.sqrt)
    df = staticmethod(lambda x, y: 0.5 / y)


class Reciprocal(Unary, keras="ops.numpy"):
    """y = 1 / x."""

    floating = True
    f = staticmethod(np.reciprocal)
    df = staticmethod(lambda x, y: -y * y)


class Rsqrt(Unary, keras="ops.math"):
    """y = 1 / √x."""

    floating = True
    f = staticmethod(lambda x: 1.0 / np.sqrt(x))
    df = staticmethod(lambda x, y: -0.5 * y / x)


class Cbrt(Unary, keras="ops.numpy"):
    """y = ∛x."""

    floating = keeps_width = True
    f = staticmethod(np.cbrt)
    df = staticmethod(lambda x, y: 1.0 / (3.0 * y * y))


class Exp(Unary, keras="ops.numpy"):
    """y = eˣ."""

    floating = True
    f = staticmethod(np.exp)
    df = staticmethod(lambda x, y: y)


class Exp2(Unary, keras="ops.numpy"):
    """y = 2ˣ."""

    floating = True
    f = staticmethod(np.exp2)
    df = staticmethod(lambda x, y: y * math.log(2.0))


class Expm1(Unary, keras="ops.numpy"):
    """y = eˣ − 1, exact for small x."""

    floating = True
    f = staticmethod(np.expm1)
    df = staticmethod(lambda x, y: y + 1.0)


class Log(Unary, keras="ops.numpy"):
    """y = log x."""

    floating = True
    f = staticmethod(np.log)
    df = staticmethod(lambda x, y: 1.0 / x)


class Log2(Unary, keras="ops.numpy"):
    """y = log₂ x."""

    floating = True
    f = staticmethod(np.log2)
    df = staticmethod(lambda x, y: 1.0 / (x * math.log(2.0)))


class Log10(Unary, keras="ops.numpy"):
    """y = log₁₀ x."""

    floating = True
    f = staticmethod(np.log10)
    df = staticmethod(lambda x, y: 1.0 / (x * math.log(10.0)))


class Log1p(Unary, keras="ops.numpy"):
    """y = log(1 + x), exact for small x."""

    floating = True
    f = staticmethod(np.log1p)
    df = staticmethod(lambda x, y: 1.0 / (1.0 + x))


class Clip(Unary, keras="ops.numpy"):
    """y = min(max(x, x_min), x_max); the derivative at both bounds is 1, as in TensorFlow.

    Args:
        x_min, x_max: the bounds, numbers.
    """

    def __init__(self, x_min: float, x_max: float, name: str | None = None):
        super().__init__(name)
        self.x_min, self.x_max = x_min, x_max

    def f(self, x):
        """x within the bounds."""
        return np.clip(x, self.x_min, self.x_max)

    def df(self, x, y):
        """1 within the bounds, else 0."""
        return (x >= self.x_min) & (x <= self.x_max)


class Step(Unary):
    """What is constant between its jumps; the derivative is 0."""

    df = staticmethod(lambda x, y: np.zeros_like(x))


class Sign(Step, keras="ops.numpy"):
    """y = −1, 0 or 1, the sign of x."""

    f = staticmethod(np.sign)


class Floor(Step, keras="ops.numpy"):
    """y = ⌊x⌋."""

    floating = True
    f = staticmethod(np.floor)


class Ceil(Step, keras="ops.numpy"):
    """y = ⌈x⌉."""

    floating = True
    f = staticmethod(np.ceil)


class Trunc(Step, keras="ops.numpy"):
    """y = x without its fraction."""

    f = staticmethod(np.trunc)


class Round(Step, keras="ops.numpy"):
    """y = x rounded, halves to the even neighbour.

    Args:
        decimals: digits after the point; before it where negative.
    """

    def __init__(self, decimals: int = 0, name: str | None = None):
        super().__init__(name)
        self.decimals = decimals

    def f(self, x):
        """x rounded."""
        return np.round(x, self.decimals)


class Copy(Unary, keras="ops.numpy"):
    """y = x."""

    f = staticmethod(np.copy)
    df = staticmethod(lambda x, y: np.ones_like(x))


class StopGradient(Unary, keras="ops.core"):
    """y = x, of which backward knows nothing: x has no gradient."""

    f = staticmethod(np.copy)

    def backward(self, dy, cache):
        """None."""
        return (None,)


class NanToNum(Unary, keras="ops.numpy"):
    """y = x with other numbers for NaN and infinities, whose derivative is 0.

    Args:
        nan: for NaN.
        posinf, neginf: for ∞ and −∞; None for the largest and the smallest number there is.
    """

    def __init__(
        self,
        nan: float = 0.0,
        posinf: float | None = None,
        neginf: float | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.nan, self.posinf, self.neginf = nan, posinf, neginf

    def f(self, x):
        """x with finite numbers only."""
        return np.nan_to_num(x, nan=self.nan, posinf=self.posinf, neginf=self.neginf)

    def df(self, x, y):
        """1 where x is finite."""
        return np.isfinite(x)
