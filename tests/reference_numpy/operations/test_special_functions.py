"""The error function and its relatives against SciPy, which the NumPy half does without."""

import numpy as np
import pytest
from scipy import special

from reference_numpy.operations import special_functions

EVERYWHERE = np.concatenate([np.linspace(-6, 6, 401), [-1e-9, 0.0, 1e-300, 0.5, -0.5, 30.0]])


def assert_exact(found, wanted, digits=1e-14):
    np.testing.assert_allclose(found, wanted, digits, 1e-300)


def test_erf_is_exact_near_zero_and_far_from_it():
    assert_exact(special_functions.erf(EVERYWHERE), special.erf(EVERYWHERE))


def test_erfc_is_exact_where_it_is_small():
    # The exponent is rounded, which counts x² times.
    assert_exact(special_functions.erfc(EVERYWHERE), special.erfc(EVERYWHERE), 2e-13)


def test_erfinv():
    y = np.concatenate([np.linspace(-0.999, 0.999, 401), [1e-12, 1 - 1e-12, -1 + 1e-9]])
    # How far a rounding of y moves x is not little near 1.
    condition = np.exp(special.erfinv(y) ** 2) * np.sqrt(np.pi) / 2
    error = np.abs(special_functions.erfinv(y) - special.erfinv(y))
    assert (error <= 1e-15 * (1 + condition)).all()
    with np.errstate(all="raise", divide="ignore", invalid="ignore"):
        found = special_functions.erfinv(np.array([1.0, -1.0, 1.5, 0.0]))
    np.testing.assert_array_equal(found, [np.inf, -np.inf, np.nan, 0.0])


def test_bessel_i1():
    x = np.concatenate([np.linspace(-50, 50, 201), [1e-9, 700.0]])
    assert_exact(special_functions.bessel_i1(x), special.i1(x), 1e-13)


@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv", "bessel_i1"])
def test_float32_stays(name):
    x = np.linspace(-0.9, 0.9, 7, dtype="float32")
    found = getattr(special_functions, name)(x)
    assert found.dtype == "float32"
    exact = getattr(special, name.replace("bessel_", ""))(x.astype("float64"))
    np.testing.assert_allclose(found, exact, 2e-6)
