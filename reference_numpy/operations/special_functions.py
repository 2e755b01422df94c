"""The error function, its complement and inverse, and Bessel's I₀, from NumPy alone."""

import math

import numpy as np

from reference_numpy.activations.normal_distribution import normal_distribution
from reference_numpy.operations.elementwise import Unary

#: 2 / √π, the error function's slope at 0
SLOPE = 2.0 / math.sqrt(math.pi)
#: terms of the series, enough below 1/2 for float64
TERMS = 14
#: points on a quarter of the circle, enough for float64 wherever e^x is finite
ANGLES = 128


def erf(x):
    """2/√π ∫₀ˣ e^(−t²) dt = 1 − 2 Φ(−√2 x); near 0 by its series, where that would cancel."""
    square, term, series = x * x, x, x
    with np.errstate(over="ignore", invalid="ignore"):
        for n in range(1, TERMS):
            term = -term * square / n
            series = series + term / (2 * n + 1)
    tail = 1.0 - erfc(np.abs(x))
    return np.where(np.abs(x) < 0.5, SLOPE * series, np.copysign(tail, x))


def erfc(x):
    """1 − erf x = 2 Φ(−√2 x), exact also where it is small."""
    cumulative, _ = normal_distribution(x * -math.sqrt(2.0))
    return 2.0 * cumulative


def erfinv(y):
    """x with erf x = y: ±∞ at ±1, NaN beyond.

    Winitzki's approximation, with an error of 0.2 %, is improved by Halley's method, whose step is
    e / (1 + x e) for e = (erf x − y) / erf′ x; each cubes the error.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.log1p(-y * y)
        half = 2.0 / (math.pi * 0.147) + 0.5 * logarithm
        x = np.copysign(np.sqrt(np.sqrt(half * half - logarithm / 0.147) - half), y)
        finite = np.abs(y) < 1
        for _ in range(2):
            error = (erf(x) - y) / (SLOPE * np.exp(-x * x))
            x = np.where(finite, x - error / (1.0 + x * error), x)
    return x


def bessel_i1(x):
    """I₁(x) = I₀′(x), the mean of cos θ · sinh(x cos θ) over a quarter of the circle."""
    total = np.zeros_like(x)
    for cosine in np.cos((np.arange(ANGLES) + 0.5) * (math.pi / 2 / ANGLES)).tolist():
        total += cosine * np.sinh(x * cosine)
    return total / ANGLES


class Erf(Unary, keras="ops.math"):
    """y = erf x;  f′ = 2/√π e^(−x²)."""

    floating = True
    f = staticmethod(erf)
    df = staticmethod(lambda x, y: SLOPE * np.exp(-x * x))


class Erfc(Unary, keras="ops.math"):
    """y = 1 − erf x;  f′ = −2/√π e^(−x²)."""

    floating = True
    f = staticmethod(erfc)
    df = staticmethod(lambda x, y: -SLOPE * np.exp(-x * x))


class Erfinv(Unary, keras="ops.math"):
    """erf y = x;  f′ = √π/2 e^(y²)."""

    floating = True
    f = staticmethod(erfinv)
    df = staticmethod(lambda x, y: np.exp(y * y) / SLOPE)


class I0(Unary, keras="ops.numpy"):
    """y = I₀(x), the modified Bessel function of the first kind;  f′ = I₁(x)."""

    floating = keeps_width = True
    f = staticmethod(lambda x: np.i0(x).astype(x.dtype, copy=False))
    df = staticmethod(lambda x, y: bessel_i1(x))
