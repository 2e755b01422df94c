"""Angles and hyperbolas, and their inverses."""

import math

import numpy as np

from reference_numpy.operations.elementwise import Unary

#: terms of the series of sinc's derivative, enough for float64 where |πx| < 1/2
SINC_TERMS = 9


class Sin(Unary):
    """y = sin x."""

    floating = True
    value = staticmethod(np.sin)
    slope = staticmethod(lambda x, y: np.cos(x))


class Cos(Unary):
    """y = cos x."""

    floating = True
    value = staticmethod(np.cos)
    slope = staticmethod(lambda x, y: -np.sin(x))


class Tan(Unary):
    """y = tan x;  f′ = 1 + y²."""

    floating = True
    value = staticmethod(np.tan)
    slope = staticmethod(lambda x, y: 1.0 + y * y)


class Arcsin(Unary):
    """y = arcsin x;  f′ = 1 / √(1 − x²)."""

    floating = True
    value = staticmethod(np.arcsin)
    slope = staticmethod(lambda x, y: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)))


class Arccos(Unary):
    """y = arccos x;  f′ = −1 / √(1 − x²)."""

    floating = True
    value = staticmethod(np.arccos)
    slope = staticmethod(lambda x, y: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)))


class Arctan(Unary):
    """y = arctan x;  f′ = 1 / (1 + x²)."""

    floating = True
    value = staticmethod(np.arctan)
    slope = staticmethod(lambda x, y: 1.0 / (1.0 + x * x))


class Sinh(Unary):
    """y = sinh x."""

    floating = True
    value = staticmethod(np.sinh)
    slope = staticmethod(lambda x, y: np.cosh(x))


class Cosh(Unary):
    """y = cosh x."""

    floating = True
    value = staticmethod(np.cosh)
    slope = staticmethod(lambda x, y: np.sinh(x))


class Arcsinh(Unary):
    """y = arsinh x;  f′ = 1 / √(1 + x²)."""

    floating = True
    value = staticmethod(np.arcsinh)
    slope = staticmethod(lambda x, y: 1.0 / np.sqrt(1.0 + x * x))


class Arccosh(Unary):
    """y = arcosh x;  f′ = 1 / √(x² − 1)."""

    floating = True
    value = staticmethod(np.arccosh)
    slope = staticmethod(lambda x, y: 1.0 / np.sqrt((x - 1.0) * (x + 1.0)))


class Arctanh(Unary):
    """y = artanh x;  f′ = 1 / (1 − x²)."""

    floating = True
    value = staticmethod(np.arctanh)
    slope = staticmethod(lambda x, y: 1.0 / ((1.0 - x) * (1.0 + x)))


class Deg2rad(Unary):
    """y = x π / 180."""

    floating = keeps_width = True
    value = staticmethod(np.deg2rad)
    slope = staticmethod(lambda x, y: math.pi / 180.0)


class Rad2deg(Unary):
    """y = x 180 / π."""

    floating = keeps_width = True
    value = staticmethod(np.rad2deg)
    slope = staticmethod(lambda x, y: 180.0 / math.pi)


class Sinc(Unary):
    """y = sin(πx) / πx, 1 at 0;  f′ = (cos(πx) − y) / x, 0 at 0."""

    floating = True
    value = staticmethod(lambda x: np.sinc(x).astype(x.dtype, copy=False))

    @staticmethod
    def slope(x, y):
        """The derivative, by its series where the difference would cancel."""
        angle = math.pi * x
        small = np.abs(angle) < 0.5
        square, term, series = angle * angle, -angle / 3.0, 0.0
        for n in range(1, SINC_TERMS):  # Σ (−1)ⁿ 2n (πx)²ⁿ⁻¹ / (2n + 1)!
            series = series + term
            term = -term * square / (2 * n * (2 * n + 3))
        slope = (np.cos(angle) - y) / np.where(small, np.ones_like(x), x)
        return np.where(small, math.pi * series, slope)


OFFERED = {
    "ops.numpy": [
        Sin,
        Cos,
        Tan,
        Arcsin,
        Arccos,
        Arctan,
        Sinh,
        Cosh,
        Arcsinh,
        Arccosh,
        Arctanh,
        Deg2rad,
        Rad2deg,
        Sinc,
    ],
}
