"""Comparisons, masks and choices. What is no floating number has no gradient.

Keras puts the masks of its layers into a functional graph as such operations.
"""

import numpy as np

from reference_numpy.models.operations.binary import Binary, broadcast_shapes, sum_to
from reference_numpy.models.operations.operation import Operation
from reference_numpy.models.operations.reductions import Reduction


class Comparison(Binary):
    """True where a relation holds between a and b. A subclass says which, as `value`."""

    result_dtype = "bool"

    def slopes(self, dy, cache):
        """None."""
        return None, None


class Equal(Comparison):
    """a = b."""

    value = staticmethod(np.equal)


class NotEqual(Comparison):
    """a ≠ b."""

    value = staticmethod(np.not_equal)


class Greater(Comparison):
    """a > b."""

    value = staticmethod(np.greater)


class GreaterEqual(Comparison):
    """a ≥ b."""

    value = staticmethod(np.greater_equal)


class Less(Comparison):
    """a < b."""

    value = staticmethod(np.less)


class LessEqual(Comparison):
    """a ≤ b."""

    value = staticmethod(np.less_equal)


class LogicalAnd(Comparison):
    """Both."""

    value = staticmethod(np.logical_and)


class LogicalOr(Comparison):
    """One or both."""

    value = staticmethod(np.logical_or)


class LogicalNot(Operation):
    """True where x is not."""

    result_dtype = "bool"

    def compute(self, x):
        """Whether x is zero or False."""
        return np.logical_not(x), None

    def slopes(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, x):
        """x's."""
        return x


class Any(Reduction):
    """Whether any is true along axes."""

    result_dtype = "bool"
    over_axes = staticmethod(np.any)

    def reduced(self, x, axes):
        """Whether any is true."""
        return self.over_axes(x, axis=axes, keepdims=True)

    def slopes(self, dy, cache):
        """None."""
        return (None,)


class All(Any):
    """Whether all are true along axes."""

    over_axes = staticmethod(np.all)


class ZerosLike(Operation):
    """Zeros of x's shape.

    Args:
        dtype: name of their dtype; None for x's.
    """

    number = 0

    def __init__(self, dtype=None, name=None):
        super().__init__(name)
        self.result_dtype = dtype

    def compute(self, x):
        """The number everywhere."""
        return np.full(x.shape, self.number, self.result_dtype or x.dtype), None

    def slopes(self, dy, cache):
        """None: the numbers do not depend on x."""
        return (None,)

    def shape(self, x):
        """x's."""
        return x

    def get_config(self):
        """The name and the dtype."""
        return {**super().get_config(), "dtype": self.result_dtype}


class OnesLike(ZerosLike):
    """Ones of x's shape."""

    number = 1


class Cast(ZerosLike):
    """x in another dtype; dx is dy in x's."""

    def compute(self, x):
        """x in the dtype, and x's own."""
        return x.astype(self.result_dtype), x.dtype

    def slopes(self, dy, cache):
        """dy in x's dtype, where both are floating."""
        return (dy.astype(cache) if cache.kind == "f" and dy.dtype.kind == "f" else None,)


class ConvertToTensor(Cast):
    """x as it is, or in another dtype; Keras puts it where masks pass through Attention."""

    def __init__(self, dtype=None, sparse=None, ragged=None, name=None):
        super().__init__(dtype, name)
        if sparse or ragged:
            raise NotImplementedError(
                f"Operation '{self.name}': sparse and ragged tensors are not supported, since "
                "NumPy has none."
            )
        self.sparse, self.ragged = sparse, ragged

    def compute(self, x):
        """x in the dtype, and x's own."""
        return x.astype(self.result_dtype or x.dtype, copy=False), x.dtype


class Where(Operation):
    """y = a where a condition holds, else b; dy goes to the one that was taken."""

    def compute(self, condition, x1=None, x2=None):
        """The choice, the condition and what there was to choose from."""
        return np.where(condition, x1, x2), (condition, x1, x2)

    def slopes(self, dy, cache):
        """None for the condition; dy where a was taken, and where b was."""
        condition, x1, x2 = cache
        return None, sum_to(dy * condition, x1), sum_to(dy * np.logical_not(condition), x2)

    def shape(self, condition, x1, x2):
        """What the three broadcast to."""
        return broadcast_shapes(condition, x1, x2)


OFFERED = {
    "ops.numpy": [
        Equal,
        NotEqual,
        Greater,
        GreaterEqual,
        Less,
        LessEqual,
        LogicalAnd,
        LogicalOr,
        LogicalNot,
        Any,
        All,
        Where,
        ZerosLike,
        OnesLike,
    ],
    "ops.core": [Cast, ConvertToTensor],
}
