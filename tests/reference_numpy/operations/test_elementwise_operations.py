"""Operations on each number by itself where Keras is no witness, and what they refuse."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.operations import (
    binary,
    bits,
    casting,
    elementwise,
    functions,
    logic,
    trigonometry,
)


def gradients(operation, *arguments):
    """The gradients of an operation's argument, or arguments by name, for a dy of ones."""
    y, cache = operation.forward(*arguments)
    dx, _ = operation.backward(np.ones_like(y), cache)
    return dx


@pytest.mark.parametrize(
    ("operation", "a", "b", "da", "db"),
    [
        (binary.Hypot(), [3.0, 1.0, 0.0], [3.0, -1.0, 0.0], [0.5**0.5] * 2 + [0], None),
        (binary.Logaddexp(), [3.0, 900.0], [3.0, -900.0], [0.5, 1.0], [0.5, 0.0]),
        (binary.Logaddexp2(), [3.0, 2000.0], [3.0, -2000.0], [0.5, 1.0], [0.5, 0.0]),
        (binary.Fmod(), [0.0, -5.0], [2.0, 2.0], [1.0, 1.0], [0.0, 2.0]),
        (binary.Arctan2(), [0.0, 0.0], [0.0, 2.0], [0.0, 0.5], [0.0, 0.0]),
        (binary.Nextafter(), [0.0, 1.0], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "forward") else "",
)
def test_gradients_at_ties_and_zeros(operation, a, b, da, db):
    found = gradients(operation, np.array(a), np.array(b))
    np.testing.assert_allclose(found["x1"], da)
    if db is not None:
        np.testing.assert_allclose(0.0 if found["x2"] is None else found["x2"], db)


def test_powers_of_two_beyond_the_dtype():
    a, n = np.array([1e-30, 0.0, 1.0], "float32"), np.array([140, 3, -10])
    y, cache = binary.Ldexp().forward(a, n)
    np.testing.assert_array_equal(y, np.float32([1e-30 * 2.0**40 * 2.0**100, 0.0, 2.0**-10]))
    dx, _ = binary.Ldexp().backward(np.float32([1e-20, 1.0, 1.0]), cache)
    np.testing.assert_allclose(dx["x1"], [1e-20 * 2.0**140, 8.0, 2.0**-10], rtol=1e-6)
    assert y.dtype == dx["x1"].dtype == "float32" and dx["x2"] is None


def test_the_next_number_is_the_dtype_s():
    y = binary.Nextafter()(np.float32([1.0]), np.float32([2.0]))
    assert y[0] == np.float32(1.0) + np.finfo("float32").eps


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 2e-13)])
def test_slope_of_sinc_near_zero(dtype, tolerance):
    x = np.concatenate([-np.logspace(-8, -0.8, 50), [0.0], np.logspace(-8, -0.8, 50)]).astype(dtype)
    t = np.pi * x.astype("longdouble")
    exact = np.pi * sum(
        (-1) ** n * 2 * n * t ** (2 * n - 1) / np.prod(np.arange(1.0, 2 * n + 2))
        for n in range(1, 14)
    )
    dx = gradients(trigonometry.Sinc(), x)
    assert dx.dtype == dtype
    np.testing.assert_allclose(dx, exact.astype("float64"), rtol=tolerance)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint32"])
def test_saturated_bounds_that_are_rounded(dtype):
    limits = np.iinfo(dtype)
    x = np.array([limits.max, limits.min, 1e30, -1e30, np.inf, -np.inf, 3.7], "float32")
    y = casting.SaturateCast(dtype)(x)
    np.testing.assert_array_equal(y, [limits.max, limits.min] * 3 + [3])


def test_integers_are_rounded_to_tens():
    """Keras with float64 as its default divides by a tenth of float32, and cuts 9.99… to 9."""
    y = elementwise.Round(decimals=-1)(np.array([7, 14, 15, 25, -16]))
    np.testing.assert_array_equal(y, [10, 10, 20, 20, -20])


def test_infinities_are_close_to_themselves():
    x = np.array([np.inf, -np.inf, 1.0])
    np.testing.assert_array_equal(logic.Isclose()(x, np.array([np.inf, np.inf, 1.0])), [1, 0, 1])


def test_integers_are_close_within_the_tolerances():
    """On TensorFlow and PyTorch Keras takes them for far apart."""
    one, two = np.array([1, 1]), np.array([2, 3])
    np.testing.assert_array_equal(logic.Isclose()(one, two, atol=1.0), [1, 0])
    assert logic.AllClose(atol=2.0)(one, two)


def test_bits_of_shapes_that_broadcast():
    a, b = rn.Input((4, 1), dtype="int32"), rn.Input((1, 3), dtype="int32")
    assert bits.BitwiseAnd()(a, b).shape == (None, 4, 3)


@pytest.mark.parametrize(
    "operation", [elementwise.Floor(), elementwise.StopGradient(), trigonometry.Sin()]
)
def test_integers_have_no_gradient(operation):
    assert gradients(operation, np.arange(3)) is None


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        (bits.Gcd(name="g"), 2, "Operation 'g' takes integers, not float32"),
        (bits.BitwiseNot(name="n"), 1, "Operation 'n' takes integers, not float32"),
        (binary.Ldexp(name="l"), 2, "Operation 'l' takes an integer for its exponent, not float32"),
        (functions.Glu(axis=1, name="u"), 1, "Operation 'u': axis 1 of .* has no halves"),
        (functions.Glu(axis=None, name="u"), 1, "Operation 'u': axis None is out of range"),
        (functions.Softmax(axis=3, name="s"), 1, "Operation 's': axis 3 is out of range"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(operation, arguments, message):
    with pytest.raises(ValueError, match=message):
        operation(*[rn.Input((3,), dtype="float32")] * arguments)
