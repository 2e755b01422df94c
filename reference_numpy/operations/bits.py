"""Integers as bits and as multiples of one another; none of it has a gradient."""

import numpy as np

from reference_numpy.operations.binary import Binary
from reference_numpy.operations.elementwise import Unary


class IntegersAlone:
    """What takes no other numbers. Raises ValueError for them."""

    def promote(self, *arguments):
        """Name of the common dtype."""
        dtype = super().promote(*arguments)
        if np.dtype(dtype).kind not in "iu":
            raise ValueError(f"Operation '{self.name}' takes integers, not {dtype}.")
        return dtype


class OfIntegers(IntegersAlone, Binary):
    """An integer from two integers. A subclass says which, as `f`."""

    def backward(self, dy, cache):
        """None."""
        return None, None


class BitwiseAnd(OfIntegers, keras="ops.numpy"):
    """The bits that both have."""

    f = staticmethod(np.bitwise_and)


class BitwiseOr(OfIntegers, keras="ops.numpy"):
    """The bits that one has or both."""

    f = staticmethod(np.bitwise_or)


class BitwiseXor(OfIntegers, keras="ops.numpy"):
    """The bits that one alone has."""

    f = staticmethod(np.bitwise_xor)


class BitwiseLeftShift(OfIntegers, keras="ops.numpy"):
    """a 2ᵇ, as bits."""

    f = staticmethod(np.left_shift)


class BitwiseRightShift(OfIntegers, keras="ops.numpy"):
    """⌊a / 2ᵇ⌋, as bits."""

    f = staticmethod(np.right_shift)


class LeftShift(BitwiseLeftShift, keras="ops.numpy"):
    """The same by its other name."""


class RightShift(BitwiseRightShift, keras="ops.numpy"):
    """The same by its other name."""


class Gcd(OfIntegers, keras="ops.numpy"):
    """The greatest common divisor."""

    f = staticmethod(np.gcd)


class Lcm(OfIntegers, keras="ops.numpy"):
    """The least common multiple."""

    f = staticmethod(np.lcm)


class BitwiseInvert(IntegersAlone, Unary, keras="ops.numpy"):
    """The other bits."""

    f = staticmethod(np.invert)


class BitwiseNot(BitwiseInvert, keras="ops.numpy"):
    """The same by its other name."""
