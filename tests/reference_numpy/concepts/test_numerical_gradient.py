"""Differences beside the textbook's numbers and the library's own."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.concepts import numerical_gradient as written


def parabola(x):
    """The textbook's example, Saito 4.3.2."""
    return 0.01 * x**2 + 0.1 * x


@pytest.mark.parametrize(("x", "slope"), [(5.0, 0.2), (10.0, 0.3)])
@pytest.mark.parametrize("difference", [written.forward_difference, written.central_difference])
def test_the_textbooks_derivatives(difference, x, slope):
    assert difference(parabola, x) == pytest.approx(slope, rel=1e-6)


def test_the_textbooks_gradient():
    found = written.numerical_gradient(lambda x: np.sum(x**2), np.array([3.0, 4.0]))
    np.testing.assert_allclose(found, [6.0, 8.0], rtol=1e-9)


def test_the_librarys_own_with_two_points_is_the_same():
    x = np.random.default_rng(0).normal(size=(3, 2))

    def f(x):
        return np.sum(np.sin(x) * x[::-1])

    np.testing.assert_allclose(
        written.numerical_gradient(f, x), rn.numerical_gradient(f, x, points=2), rtol=1e-9
    )
