"""Comparisons, masks and choices. What is no floating number has no gradient.

Keras puts the masks of its layers into a functional graph as such operations.
"""

import numpy as np

from reference_numpy.operations.binary import Binary, broadcast_shapes, unbroadcast
from reference_numpy.operations.operation import Operation
from reference_numpy.operations.reductions import Reduction


class Comparison(Binary):
    """True where a relation holds between a and b. A subclass says which, as `f`."""

    result_dtype = "bool"

    def backward(self, dy, cache):
        """None."""
        return None, None


class Equal(Comparison, keras="ops.numpy"):
    """a = b."""

    f = staticmethod(np.equal)


class NotEqual(Comparison, keras="ops.numpy"):
    """a ≠ b."""

    f = staticmethod(np.not_equal)


class Greater(Comparison, keras="ops.numpy"):
    """a > b."""

    f = staticmethod(np.greater)


class GreaterEqual(Comparison, keras="ops.numpy"):
    """a ≥ b."""

    f = staticmethod(np.greater_equal)


class Less(Comparison, keras="ops.numpy"):
    """a < b."""

    f = staticmethod(np.less)


class LessEqual(Comparison, keras="ops.numpy"):
    """a ≤ b."""

    f = staticmethod(np.less_equal)


class LogicalAnd(Comparison, keras="ops.numpy"):
    """Both."""

    f = staticmethod(np.logical_and)


class LogicalOr(Comparison, keras="ops.numpy"):
    """One or both."""

    f = staticmethod(np.logical_or)


class LogicalXor(Comparison, keras="ops.numpy"):
    """One alone."""

    f = staticmethod(np.logical_xor)


class Closeness(Comparison):
    """Whether |a − b| ≤ atol + rtol |b|, or both are the same infinity.

    A subclass has `equal_nan`, whether NaN is close to NaN.
    """

    def close(self, x1, x2, rtol, atol):
        """Whether the entries are close."""
        return np.isclose(*self.promoted(x1, x2), rtol, atol, self.equal_nan)


class Isclose(Closeness, keras="ops.numpy"):
    """Whether two numbers are close.

    Args:
        equal_nan: whether NaN is close to NaN.
    """

    def __init__(self, equal_nan: bool = False, name: str | None = None):
        super().__init__(name)
        self.equal_nan = equal_nan

    def forward(self, x1, x2, rtol=1e-5, atol=1e-8):
        """Whether they are close."""
        return self.close(x1, x2, rtol, atol), None

    def shape(self, x1, x2, rtol=1e-5, atol=1e-8):
        """What the two broadcast to."""
        return super().shape(x1, x2)


class AllClose(Closeness, keras="ops.numpy"):
    """Whether all numbers are close.

    Args:
        rtol, atol: the tolerances.
        equal_nan: whether NaN is close to NaN.
    """

    def __init__(
        self,
        rtol: float = 1e-5,
        atol: float = 1e-8,
        equal_nan: bool = False,
        name: str | None = None,
    ):
        super().__init__(name)
        self.rtol, self.atol, self.equal_nan = rtol, atol, equal_nan

    def f(self, a, b):
        """Whether they are close."""
        return self.close(a, b, self.rtol, self.atol).all()

    def shape(self, x1, x2):
        """That of one truth value. Raises ValueError for arrays that do not broadcast."""
        super().shape(x1, x2)
        return ()


class IsIn(Comparison, keras="ops.numpy"):
    """Whether each entry of a is among those of b.

    Args:
        assume_unique: whether nothing stands twice in a and in b, which makes no difference here.
        invert: whether to say the opposite.
    """

    def __init__(self, assume_unique: bool = False, invert: bool = False, name: str | None = None):
        super().__init__(name)
        self.assume_unique, self.invert = assume_unique, invert

    def f(self, a, b):
        """Whether it is."""
        return np.isin(a, b, invert=self.invert)

    def shape(self, x1, x2):
        """a's."""
        return x1


class Predicate(Operation):
    """True where something holds of x. A subclass says what, as `f`."""

    result_dtype = "bool"

    def forward(self, x):
        """Whether it holds."""
        return self.f(x), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, x):
        """x's."""
        return x


class Isfinite(Predicate, keras="ops.numpy"):
    """Neither NaN nor infinite."""

    f = staticmethod(np.isfinite)


class Isinf(Predicate, keras="ops.numpy"):
    """∞ or −∞."""

    f = staticmethod(np.isinf)


class Isposinf(Predicate, keras="ops.numpy"):
    """∞."""

    f = staticmethod(np.isposinf)


class Isneginf(Predicate, keras="ops.numpy"):
    """−∞."""

    f = staticmethod(np.isneginf)


class Isnan(Predicate, keras="ops.numpy"):
    """NaN."""

    f = staticmethod(np.isnan)


class Isreal(Predicate, keras="ops.numpy"):
    """No complex number, which here none is."""

    f = staticmethod(np.isreal)


class Signbit(Predicate, keras="ops.numpy"):
    """Below 0, −0 included."""

    f = staticmethod(lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0)


class LogicalNot(Predicate, keras="ops.numpy"):
    """Not true: 0 or False."""

    f = staticmethod(np.logical_not)


class Any(Reduction, keras="ops.numpy"):
    """Whether any is true along axes."""

    result_dtype = "bool"
    over_axes = staticmethod(np.any)

    def reduce(self, x, axes):
        """Whether any is true."""
        return self.over_axes(x, axis=axes, keepdims=True)

    def backward(self, dy, cache):
        """None."""
        return (None,)


class All(Any, keras="ops.numpy"):
    """Whether all are true along axes."""

    over_axes = staticmethod(np.all)


class Where(Operation, keras="ops.numpy"):
    """y = a where a condition holds, else b; dy goes to the one that was taken."""

    def forward(self, condition, x1=None, x2=None):
        """The choice, the condition and what there was to choose from."""
        dtype, holds = self.promote(x1, x2), np.asarray(condition, bool)
        return np.where(holds, np.asarray(x1, dtype), np.asarray(x2, dtype)), (holds, x1, x2)

    def backward(self, dy, cache):
        """None for the condition; dy where a was taken, and where b was."""
        holds, x1, x2 = cache
        return None, unbroadcast(dy * holds, x1), unbroadcast(dy * ~holds, x2)

    def _result_dtype(self, condition, x1=None, x2=None):
        return self.promote(x1, x2)

    def shape(self, condition, x1, x2):
        """What the three broadcast to."""
        return broadcast_shapes(condition, x1, x2)


class Select(Operation, keras="ops.numpy"):
    """y = the first choice whose condition holds, else a default; dy goes to the one taken."""

    def forward(self, condlist, choicelist, default=0):
        """The choice, and which was taken where."""
        dtype = self.promote(choicelist, default)
        taken, rest = [], True
        for condition in condlist:
            taken.append(condition & rest)
            rest = ~condition & rest
        choices = [np.asarray(choice, dtype) for choice in choicelist]
        y = np.select(condlist, choices, np.asarray(default, dtype))
        return y, ([*taken, rest], [*choicelist, default])

    def backward(self, dy, cache):
        """None for the conditions; dy where each choice was taken, and where the default was."""
        pairs = zip(*cache, strict=True)
        *choices, default = [unbroadcast(dy * where, choice) for where, choice in pairs]
        return None, choices, default

    def _result_dtype(self, condlist, choicelist, default=0):
        return self.promote(choicelist, default)

    def shape(self, condlist, choicelist, default=()):
        """What they all broadcast to.

        Raises:
            ValueError: unless there are as many choices as conditions.
        """
        if len(condlist) != len(choicelist):
            raise ValueError(
                f"Operation '{self.name}' takes as many choices as conditions. Received: "
                f"{len(condlist)} conditions, {len(choicelist)} choices"
            )
        return broadcast_shapes(*condlist, *choicelist, default)
