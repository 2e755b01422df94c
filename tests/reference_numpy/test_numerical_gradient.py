"""The numerical gradient: how exact it is, and that it leaves everything as it was."""

import numpy as np
import pytest

import reference_numpy as rn


def f(x):
    return np.sum(np.sin(x) * np.arange(1, x.size + 1).reshape(x.shape)) + np.prod(x)


def gradient(x):
    return np.cos(x) * np.arange(1, x.size + 1).reshape(x.shape) + np.prod(x) / x


@pytest.fixture
def x():
    return np.random.default_rng(0).uniform(0.5, 1.5, (2, 3))


def error(x, **arguments):
    return np.abs(rn.numerical_gradient(f, x, **arguments) - gradient(x)).max()


def test_it_is_the_gradient(x):
    assert error(x) < 1e-11
    assert error(x, points=2) < 1e-7
    assert error(np.array(1.5)) < 1e-11


@pytest.mark.parametrize(("points", "order"), [(2, 2), (4, 4)])
def test_the_error_falls_with_its_order(x, points, order):
    """Half the step, 2ᵒʳᵈᵉʳ times less error."""
    ratio = error(x, h=0.1, points=points) / error(x, h=0.05, points=points)
    assert ratio == pytest.approx(2**order, rel=0.05)


def test_four_points_beat_two(x):
    assert error(x, h=1e-3) < 1e-3 * error(x, h=1e-3, points=2)


@pytest.mark.parametrize("points", [2, 4])
def test_x_may_be_read_where_it_lives(x, points):
    """As the textbook's network does: the function's argument is not used."""
    found = rn.numerical_gradient(lambda _: f(x), x, points=points)
    np.testing.assert_array_equal(found, rn.numerical_gradient(f, x, points=points))
    np.testing.assert_allclose(found, gradient(x), rtol=1e-7)


def test_x_stays_to_the_bit(x):
    x[0, 0] = 1e-300  # to which any step is added at the cost of all its digits
    before = x.copy()
    rn.numerical_gradient(np.sum, x)
    np.testing.assert_array_equal(x, before)


def test_x_stays_when_the_function_fails(x):
    before = x.copy()

    def failing(x):
        if x[1, 0] != before[1, 0]:
            raise ZeroDivisionError
        return 0.0

    with pytest.raises(ZeroDivisionError):
        rn.numerical_gradient(failing, x)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((f, np.ones(3, "float32")), "float64 array. Received: ndarray float32"),
        ((f, np.array([3, 4])), "float64 array. Received: ndarray int64"),
        ((f, [3.0, 4.0]), "float64 array. Received: list"),
        ((np.sin, np.ones(3)), r"a scalar. Received: an array of shape \(3,\)"),
        ((f, np.ones(3), 0.0), "`h` must be positive. Received: h=0.0"),
        ((f, np.ones(3), None, 3), "`points` must be 2 or 4. Received: points=3"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        rn.numerical_gradient(*arguments)
