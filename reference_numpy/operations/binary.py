"""Operations on two numbers, element by element; arrays of different shapes are broadcast."""

import numpy as np

from reference_numpy.kernels.broadcasting import sum_to_shape
from reference_numpy.operations.operation import Operation


def unbroadcast(dx, x):
    """dx summed over the axes along which x was broadcast; None for an x without a gradient."""
    if dx is None or not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return None
    return sum_to_shape(dx, x.shape).astype(x.dtype, copy=False)


def broadcast_shapes(*shapes):
    """What shapes broadcast to; an axis of unknown size stays unknown.

    Raises:
        ValueError: where two sizes differ and neither is 1.
    """
    longest = max(map(len, shapes))
    columns = zip(*((1,) * (longest - len(shape)) + tuple(shape) for shape in shapes))
    return tuple(_broadcast(set(sizes), shapes) for sizes in columns)


def _broadcast(sizes, shapes):
    known = sizes - {1, None}
    if len(known) > 1:
        named = " and ".join(map(str, shapes))
        raise ValueError(f"The shapes {named} cannot be broadcast together.")
    return known.pop() if known else (None if None in sizes else 1)


class Binary(Operation):
    """y = f(a, b).

    A subclass defines `f(a, b)` and `df(dy, a, b, y)`, dy times the derivatives by a and
    by b (None for 0 everywhere).
    """

    #: whether truth values become integers
    counts_truths = False

    def forward(self, x1, x2):
        """f(a, b), and what backward needs."""
        a, b = self.promoted(x1, x2)
        y = self.f(a, b)
        return y, (x1, x2, a, b, y)

    def backward(self, dy, cache):
        """dy times the partial derivatives, summed over broadcast axes."""
        x1, x2, a, b, y = cache
        da, db = self.df(dy, a, b, y)
        return unbroadcast(da, x1), unbroadcast(db, x2)

    def promote(self, *arguments):
        """Name of the common dtype; beside a whole number, truth values become integers too."""
        dtype = super().promote(*arguments)
        counted = self.counts_truths or any(type(argument) is int for argument in arguments)
        return "int32" if dtype == "bool" and counted else dtype

    def shape(self, x1, x2):
        """What the two broadcast to."""
        return broadcast_shapes(x1, x2)


class Add(Binary, keras="ops.numpy"):
    """y = a + b;  da = dy, db = dy."""

    f = staticmethod(np.add)
    df = staticmethod(lambda dy, a, b, y: (dy, dy))


class Subtract(Binary, keras="ops.numpy"):
    """y = a − b;  da = dy, db = −dy."""

    f = staticmethod(np.subtract)
    df = staticmethod(lambda dy, a, b, y: (dy, -dy))


class Multiply(Binary, keras="ops.numpy"):
    """y = a b;  da = dy b, db = dy a."""

    f = staticmethod(np.multiply)
    df = staticmethod(lambda dy, a, b, y: (dy * b, dy * a))


class TrueDivide(Binary, keras="ops.numpy"):
    """y = a / b;  da = dy / b, db = −dy y / b."""

    floating = True
    f = staticmethod(np.divide)
    df = staticmethod(lambda dy, a, b, y: (dy / b, -dy * y / b))


class Divide(TrueDivide, keras="ops.numpy"):
    """y = a / b, by its other name."""


class Power(Binary, keras="ops.numpy"):
    """y = aᵇ;  da = dy b aᵇ⁻¹, db = dy y log a (0 where a ≤ 0)."""

    f = staticmethod(np.power)

    @staticmethod
    def df(dy, a, b, y):
        """dy b aᵇ⁻¹ and dy y log a."""
        positive = np.where(np.asarray(a) > 0, a, 1)
        return dy * (b * a ** (b - 1)), dy * (y * np.log(positive).astype(dy.dtype))


class Maximum(Binary, keras="ops.numpy"):
    """y = max(a, b); dy goes to a where a ≥ b, else to b (TensorFlow's convention)."""

    f = staticmethod(np.maximum)
    df = staticmethod(lambda dy, a, b, y: (dy * (a >= b), dy * ~(a >= b)))


class Minimum(Binary, keras="ops.numpy"):
    """y = min(a, b); dy goes to a where a ≤ b, else to b (TensorFlow's convention)."""

    f = staticmethod(np.minimum)
    df = staticmethod(lambda dy, a, b, y: (dy * (a <= b), dy * ~(a <= b)))


class DivideNoNan(Binary, keras="ops.numpy"):
    """y = a / b, 0 where b is 0;  da = dy / b, db = −dy y / b, both 0 there."""

    floating = True

    @staticmethod
    def f(a, b):
        """a / b, or 0."""
        return np.where(b == 0, 0.0, np.divide(a, np.where(b == 0, 1.0, b))).astype(
            np.result_type(a, b), copy=False
        )

    @staticmethod
    def df(dy, a, b, y):
        """dy / b and −dy y / b, or 0."""
        share = np.where(b == 0, 0.0, dy / np.where(b == 0, 1.0, b)).astype(dy.dtype, copy=False)
        return share, -share * y


class Fmax(Maximum, keras="ops.numpy"):
    """y = max(a, b), the other one where one is NaN; dy goes to a where a ≥ b, else to b."""

    f = staticmethod(np.fmax)

    @staticmethod
    def df(dy, a, b, y):
        """dy where the one was taken, and where the other was."""
        first = (a >= b) | np.isnan(b)
        return dy * first, dy * np.logical_not(first)


class Fmin(Fmax, keras="ops.numpy"):
    """y = min(a, b), the other one where one is NaN; dy goes to a where a ≤ b, else to b."""

    f = staticmethod(np.fmin)

    @staticmethod
    def df(dy, a, b, y):
        """dy where the one was taken, and where the other was."""
        return Fmax.df(dy, np.negative(a), np.negative(b), y)


class FloorDivide(Binary, keras="ops.numpy"):
    """y = ⌊a / b⌋, whose derivatives are 0."""

    f = staticmethod(np.floor_divide)
    df = staticmethod(lambda dy, a, b, y: (None, None))


class Mod(Binary, keras="ops.numpy"):
    """y = a − b ⌊a / b⌋, of b's sign;  da = dy, db = −dy ⌊a / b⌋."""

    counts_truths = True
    f = staticmethod(np.mod)
    df = staticmethod(lambda dy, a, b, y: (dy, -dy * np.floor_divide(a, b)))


class Fmod(Binary, keras="ops.numpy"):
    """y = a − b trunc(a / b), of a's sign;  da = dy, db = −dy trunc(a / b)."""

    counts_truths = True
    f = staticmethod(np.fmod)
    df = staticmethod(lambda dy, a, b, y: (dy, -dy * np.trunc(a / b)))


class Hypot(Binary, keras="ops.numpy"):
    """y = √(a² + b²);  da = dy a / y, db = dy b / y, both 0 at the origin, a kink."""

    floating = keeps_width = True
    f = staticmethod(np.hypot)

    @staticmethod
    def df(dy, a, b, y):
        """dy a / y and dy b / y, or 0."""
        share = dy / np.where(y == 0, np.ones_like(y), y)
        return share * a, share * b


class Arctan2(Binary, keras="ops.numpy"):
    """y = the angle of the point (b, a);  da = dy b / (a² + b²), db = −dy a / (a² + b²).

    At the origin, which has no angle, both are 0.
    """

    floating = True
    f = staticmethod(np.arctan2)

    @staticmethod
    def df(dy, a, b, y):
        """dy b and −dy a over the squared distance."""
        square = a * a + b * b
        share = dy / np.where(square == 0, np.ones_like(square), square)
        return share * b, -share * a


class Logaddexp(Binary, keras="ops.numpy"):
    """y = log(eᵃ + eᵇ);  da = dy eᵃ⁻ʸ, db = dy eᵇ⁻ʸ."""

    floating = True
    f = staticmethod(np.logaddexp)
    df = staticmethod(lambda dy, a, b, y: (dy * np.exp(a - y), dy * np.exp(b - y)))


class Logaddexp2(Binary, keras="ops.numpy"):
    """y = log₂(2ᵃ + 2ᵇ);  da = dy 2ᵃ⁻ʸ, db = dy 2ᵇ⁻ʸ."""

    floating = True
    f = staticmethod(np.logaddexp2)
    df = staticmethod(lambda dy, a, b, y: (dy * np.exp2(a - y), dy * np.exp2(b - y)))


class Heaviside(Binary, keras="ops.numpy"):
    """y = 0 where a < 0, 1 where a > 0, b where a = 0;  da = 0, db = dy where a = 0."""

    floating = keeps_width = True
    f = staticmethod(np.heaviside)
    df = staticmethod(lambda dy, a, b, y: (None, dy * (a == 0)))


class Ldexp(Binary, keras="ops.numpy"):
    """y = a 2ⁿ for an integer n;  da = dy 2ⁿ.

    Raises:
        ValueError: for an n that is no integer.
    """

    floating = True

    def forward(self, x1, x2):
        """a 2ⁿ, also where 2ⁿ alone is beyond the dtype."""
        a, exponent = np.asarray(x1, self.promote(x1, x2)), np.asarray(x2)
        y = np.ldexp(a, exponent)
        return y, (x1, x2, a, exponent, y)

    def promote(self, x1, x2):
        """Name of a's dtype, if it is floating."""
        exponent = np.dtype(getattr(x2, "dtype", type(x2)))
        if exponent.kind not in "iu":
            raise ValueError(
                f"Operation '{self.name}' takes an integer for its exponent, not {exponent.name}."
            )
        return super().promote(x1, x2)

    df = staticmethod(lambda dy, a, b, y: (np.ldexp(dy, b), None))


class Nextafter(Binary, keras="ops.numpy"):
    """y = the number of the dtype that comes after a on the way to b;  da = dy, db = 0."""

    floating = True
    f = staticmethod(np.nextafter)
    df = staticmethod(lambda dy, a, b, y: (dy, None))
