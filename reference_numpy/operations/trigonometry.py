"""Angles and hyperbolas, and their inverses."""

import math

import numpy as np

from reference_numpy.operations.elementwise import Unary

#: terms of the series of sinc's derivative, enough for float64 where |πx| < 1/2
SINC_TERMS = 9


class Sin(Unary, keras="ops.numpy"):
    """y = sin x."""

    floating = True
    f = staticmethod(np.sin)
    df = staticmethod(lambda x, y: np.cos(x))


class Cos(Unary, keras="ops.numpy"):
    """y = cos x."""

    floating = True
    f = staticmethod(np.cos)
    df = staticmethod(lambda x, y: -np.sin(x))


class Tan(Unary, keras="ops.numpy"):
    """y = tan x;  f′ = 1 + y²."""

    floating = True
    f = staticmethod(np.tan)
    df = staticmethod(lambda x, y: 1.0 + y * y)


class Arcsin(Unary, keras="ops.numpy"):
    """y = arcsin x;  f′ = 1 / √(1 − x²)."""

    floating = True
    f = staticmethod(np.arcsin)
    df = staticmethod(lambda x, y: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)))


class Arccos(Unary, keras="ops.numpy"):
    """y = arccos x;  f′ = −1 / √(1 − x²)."""

    floating = True
    f = staticmethod(np.arccos)
    df = staticmethod(lambda x, y: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)))


class Arctan(Unary, keras="ops.numpy"):
    """y = arctan x;  f′ = 1 / (1 + x²)."""

    floating = True
    f = staticmethod(np.arctan)
    df = staticmethod(lambda x, y: 1.0 / (1.0 + x * x))


class Sinh(Unary, keras="ops.numpy"):
    """y = sinh x."""

    floating = True
    f = staticmethod(np.sinh)
    df = staticmethod(lambda x, y: np.cosh(x))


class Cosh(Unary, keras="ops.numpy"):
    """y = cosh x."""

    floating = True
    f = staticmethod(np.cosh)
    df = staticmethod(lambda x, y: np.sinh(x))


class Arcsinh(Unary, keras="ops.numpy"):
    """y = arsinh x;  f′ = 1 / √(1 + x²)."""

    floating = True
    f = staticmethod(np.arcsinh)
    df = staticmethod(lambda x, y: 1.0 / np.sqrt(1.0 + x * x))


class Arccosh(Unary, keras="ops.numpy"):
    """y = arcosh x;  f′ = 1 / √(x² − 1)."""

    floating = True
    f = staticmethod(np.arccosh)
    df = staticmethod(lambda x, y: 1.0 / np.sqrt((x - 1.0) * (x + 1.0)))


class Arctanh(Unary, keras="ops.numpy"):
    """y = artanh x;  f′ = 1 / (1 − x²)."""

    floating = True
    f = staticmethod(np.arctanh)
    df = staticmethod(lambda x, y: 1.0 / ((1.0 - x) * (1.0 + x)))


class Deg2rad(Unary, keras="ops.numpy"):
    """y = x π / 180."""

    floating = keeps_width = True
    f = staticmethod(np.deg2rad)
    df = staticmethod(lambda x, y: math.pi / 180.0)


class Rad2deg(Unary, keras="ops.numpy"):
    """y = x 180 / π."""

    floating = keeps_width = True
    f = staticmethod(np.rad2deg)
    df = staticmethod(lambda x, y: 180.0 / math.pi)


class Sinc(Unary, keras="ops.numpy"):
    """y = sin(πx) / πx, 1 at 0;  f′ = (cos(πx) − y) / x, 0 at 0."""

    floating = True
    f = staticmethod(lambda x: np.sinc(x).astype(x.dtype, copy=False))

    @staticmethod
    def df(x, y):
        """The derivative, by its series where the difference would cancel."""
        angle = math.pi * x
        small = np.abs(angle) < 0.5
        square, term, series = angle * angle, -angle / 3.0, 0.0
        for n in range(1, SINC_TERMS):  # Σ (−1)ⁿ 2n (πx)²ⁿ⁻¹ / (2n + 1)!
            series = series + term
            term = -term * square / (2 * n * (2 * n + 3))
        slope = (np.cos(angle) - y) / np.where(small, np.ones_like(x), x)
        return np.where(small, math.pi * series, slope)
