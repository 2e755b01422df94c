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
    """An integer from two integers. A subclass says which, as `value`."""

    def slopes(self, dy, cache):
        """None."""
        return None, None


class BitwiseAnd(OfIntegers):
    """The bits that both have."""

    value = staticmethod(np.bitwise_and)


class BitwiseOr(OfIntegers):
    """The bits that one has or both."""

    value = staticmethod(np.bitwise_or)


class BitwiseXor(OfIntegers):
    """The bits that one alone has."""

    value = staticmethod(np.bitwise_xor)


class BitwiseLeftShift(OfIntegers):
    """a 2ᵇ, as bits."""

    value = staticmethod(np.left_shift)


class BitwiseRightShift(OfIntegers):
    """⌊a / 2ᵇ⌋, as bits."""

    value = staticmethod(np.right_shift)


class LeftShift(BitwiseLeftShift):
    """The same by its other name."""


class RightShift(BitwiseRightShift):
    """The same by its other name."""


class Gcd(OfIntegers):
    """The greatest common divisor."""

    value = staticmethod(np.gcd)


class Lcm(OfIntegers):
    """The least common multiple."""

    value = staticmethod(np.lcm)


class BitwiseInvert(IntegersAlone, Unary):
    """The other bits."""

    value = staticmethod(np.invert)


class BitwiseNot(BitwiseInvert):
    """The same by its other name."""


OFFERED = {
    "ops.numpy": [
        BitwiseAnd,
        BitwiseOr,
        BitwiseXor,
        BitwiseInvert,
        BitwiseNot,
        BitwiseLeftShift,
        BitwiseRightShift,
        LeftShift,
        RightShift,
        Gcd,
        Lcm,
    ],
}
