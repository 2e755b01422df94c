"""Operations on two numbers, element by element; arrays of different shapes are broadcast."""

import numpy as np

from reference_numpy.models.operations.operation import Operation


def sum_to(dx, x):
    """dx summed over the axes along which x was broadcast; None for an x without a gradient."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return None
    if dx.shape == x.shape:
        return dx.astype(x.dtype, copy=False)
    dx = dx.sum(axis=tuple(range(dx.ndim - x.ndim)))
    axes = tuple(axis for axis, size in enumerate(x.shape) if size == 1 != dx.shape[axis])
    return dx.sum(axis=axes, keepdims=True).astype(x.dtype, copy=False)


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

    A subclass defines `value(a, b)` and `partials(dy, a, b, y)`, dy times the derivatives by a and
    by b.
    """

    def compute(self, x1, x2):
        """f(a, b), and what backward needs."""
        a, b = self.promoted(x1, x2)
        y = self.value(a, b)
        return y, (x1, x2, a, b, y)

    def slopes(self, dy, cache):
        """dy times the partial derivatives, summed over broadcast axes."""
        x1, x2, a, b, y = cache
        da, db = self.partials(dy, a, b, y)
        return sum_to(da, x1), sum_to(db, x2)

    def shape(self, x1, x2):
        """What the two broadcast to."""
        return broadcast_shapes(x1, x2)


class Add(Binary):
    """y = a + b;  da = dy, db = dy."""

    value = staticmethod(np.add)
    partials = staticmethod(lambda dy, a, b, y: (dy, dy))


class Subtract(Binary):
    """y = a − b;  da = dy, db = −dy."""

    value = staticmethod(np.subtract)
    partials = staticmethod(lambda dy, a, b, y: (dy, -dy))


class Multiply(Binary):
    """y = a b;  da = dy b, db = dy a."""

    value = staticmethod(np.multiply)
    partials = staticmethod(lambda dy, a, b, y: (dy * b, dy * a))


class TrueDivide(Binary):
    """y = a / b;  da = dy / b, db = −dy y / b."""

    floating = True
    value = staticmethod(np.divide)
    partials = staticmethod(lambda dy, a, b, y: (dy / b, -dy * y / b))


class Divide(TrueDivide):
    """y = a / b, by its other name."""


class Power(Binary):
    """y = aᵇ;  da = dy b aᵇ⁻¹, db = dy y log a (0 where a ≤ 0)."""

    value = staticmethod(np.power)

    @staticmethod
    def partials(dy, a, b, y):
        """dy b aᵇ⁻¹ and dy y log a."""
        positive = np.where(np.asarray(a) > 0, a, 1)
        return dy * (b * a ** (b - 1)), dy * (y * np.log(positive).astype(dy.dtype))


class Maximum(Binary):
    """y = max(a, b); dy goes to a where a ≥ b, else to b (TensorFlow's convention)."""

    value = staticmethod(np.maximum)
    partials = staticmethod(lambda dy, a, b, y: (dy * (a >= b), dy * ~(a >= b)))


class Minimum(Binary):
    """y = min(a, b); dy goes to a where a ≤ b, else to b (TensorFlow's convention)."""

    value = staticmethod(np.minimum)
    partials = staticmethod(lambda dy, a, b, y: (dy * (a <= b), dy * ~(a <= b)))


OFFERED = {
    "ops.numpy": [Add, Subtract, Multiply, TrueDivide, Divide, Power, Maximum, Minimum],
}
