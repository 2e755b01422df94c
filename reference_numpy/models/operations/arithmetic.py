"""Operations on numbers, element by element; arrays of different shapes are broadcast."""

import numpy as np

from reference_numpy.models.operations.operation import Operation


def sum_to(dx, x):
    """dx summed over the axes along which x was broadcast; None for an x without a gradient."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return None
    if dx.shape == x.shape:
        return dx
    dx = dx.sum(axis=tuple(range(dx.ndim - x.ndim)))
    axes = tuple(axis for axis, size in enumerate(x.shape) if size == 1 != dx.shape[axis])
    return dx.sum(axis=axes, keepdims=True).astype(x.dtype, copy=False)


class Binary(Operation):
    """y = f(a, b). A subclass defines `value(a, b)` and `partials(dy, a, b, y)` → (da, db)."""

    def compute(self, x1, x2):
        """f(a, b), and a, b and f(a, b)."""
        y = self.value(x1, x2)
        return y, (x1, x2, y)

    def slopes(self, dy, cache):
        """dy times the partial derivatives, summed over broadcast axes."""
        x1, x2, _ = cache
        d1, d2 = self.partials(dy, *cache)
        return sum_to(d1, x1), sum_to(d2, x2)

    def shape(self, x1, x2):
        """What the two broadcast to; an axis of unknown size stays unknown."""
        longest = max(len(x1), len(x2))
        pairs = zip(*((1,) * (longest - len(x)) + tuple(x) for x in (x1, x2)))
        return tuple(_broadcast(a, b, (x1, x2)) for a, b in pairs)


def _broadcast(a, b, shapes):
    if a == b or b == 1:
        return a
    if a == 1:
        return b
    if None not in (a, b):
        raise ValueError(f"The shapes {shapes[0]} and {shapes[1]} cannot be broadcast together.")
    return b if a is None else a


class Add(Binary):
    """y = a + b;  da = dy, db = dy."""

    def value(self, a, b):
        """a + b."""
        return a + b

    def partials(self, dy, a, b, y):
        """dy and dy."""
        return dy, dy


class Subtract(Binary):
    """y = a − b;  da = dy, db = −dy."""

    def value(self, a, b):
        """a − b."""
        return a - b

    def partials(self, dy, a, b, y):
        """dy and −dy."""
        return dy, -dy


class Multiply(Binary):
    """y = a b;  da = dy b, db = dy a."""

    def value(self, a, b):
        """a b."""
        return a * b

    def partials(self, dy, a, b, y):
        """dy b and dy a."""
        return dy * b, dy * a


class TrueDivide(Binary):
    """y = a / b;  da = dy / b, db = −dy y / b."""

    def value(self, a, b):
        """a / b."""
        return a / b

    def partials(self, dy, a, b, y):
        """dy / b and −dy y / b."""
        return dy / b, -dy * y / b


class Divide(TrueDivide):
    """y = a / b, by its other name."""


class Power(Binary):
    """y = aᵇ;  da = dy b aᵇ⁻¹, db = dy y log a (0 where a ≤ 0)."""

    def value(self, a, b):
        """aᵇ."""
        return a**b

    def partials(self, dy, a, b, y):
        """dy b aᵇ⁻¹ and dy y log a."""
        positive = np.where(np.asarray(a) > 0, a, 1)
        return dy * (b * a ** (b - 1)), dy * (y * np.log(positive).astype(dy.dtype))


class Maximum(Binary):
    """y = max(a, b); dy goes to a where a ≥ b, else to b (TensorFlow's convention)."""

    def value(self, a, b):
        """max(a, b)."""
        return np.maximum(a, b)

    def partials(self, dy, a, b, y):
        """dy where the one is larger, and where the other is."""
        return dy * (a >= b), dy * np.logical_not(a >= b)


class Minimum(Binary):
    """y = min(a, b); dy goes to a where a ≤ b, else to b (TensorFlow's convention)."""

    def value(self, a, b):
        """min(a, b)."""
        return np.minimum(a, b)

    def partials(self, dy, a, b, y):
        """dy where the one is smaller, and where the other is."""
        return dy * (a <= b), dy * np.logical_not(a <= b)


class Matmul(Operation):
    """y = a b over the last two axes;  da = dy bᵀ, db = aᵀ dy."""

    def compute(self, x1, x2):
        """The product, and its factors."""
        return x1 @ x2, (x1, x2)

    def slopes(self, dy, cache):
        """dy bᵀ and aᵀ dy, summed over broadcast axes."""
        x1, x2 = cache
        return sum_to(dy @ x2.swapaxes(-1, -2), x1), sum_to(x1.swapaxes(-1, -2) @ dy, x2)

    def shape(self, x1, x2):
        """(…, rows of a, columns of b)."""
        if len(x1) < 2 or len(x2) < 2:
            raise NotImplementedError(
                f"Operation '{self.name}': products of vectors (arrays of one axis) are not "
                "supported."
            )
        return (*Binary.shape(self, x1[:-2], x2[:-2]), x1[-2], x2[-1])


class Unary(Operation):
    """y = f(x). A subclass defines `value(x)` and `slope(x, y)` = f′(x)."""

    def compute(self, x):
        """f(x), and x and f(x)."""
        y = self.value(x)
        return y, (x, y)

    def slopes(self, dy, cache):
        """dy f′(x)."""
        return (dy * self.slope(*cache) if cache[0].dtype.kind == "f" else None,)

    def shape(self, x):
        """x's."""
        return x


class Negative(Unary):
    """y = −x."""

    def value(self, x):
        """−x."""
        return -x

    def slope(self, x, y):
        """−1."""
        return -1.0


class Absolute(Unary):
    """y = |x|; the derivative at 0 is 0."""

    def value(self, x):
        """|x|."""
        return np.abs(x)

    def slope(self, x, y):
        """The sign of x."""
        return np.sign(x)


class Square(Unary):
    """y = x²."""

    def value(self, x):
        """x²."""
        return x * x

    def slope(self, x, y):
        """2 x."""
        return 2.0 * x


class Sqrt(Unary):
    """y = √x."""

    def value(self, x):
        """√x."""
        return np.sqrt(x)

    def slope(self, x, y):
        """1 / 2y."""
        return 0.5 / y


class Exp(Unary):
    """y = eˣ."""

    def value(self, x):
        """eˣ."""
        return np.exp(x)

    def slope(self, x, y):
        """y."""
        return y


class Log(Unary):
    """y = log x."""

    def value(self, x):
        """log x."""
        return np.log(x)

    def slope(self, x, y):
        """1 / x."""
        return 1.0 / x


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
        return ((x >= self.x_min) & (x <= self.x_max)).astype(x.dtype)
