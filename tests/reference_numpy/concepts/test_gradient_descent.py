"""Gradient descent beside the textbook's numbers (Saito 4.4.1)."""

import numpy as np
import pytest

from reference_numpy.concepts.gradient_descent import gradient_descent

START = np.array([-3.0, 4.0])


def gradient(w):
    """Of x₀² + x₁²."""
    return 2 * w


@pytest.mark.parametrize(
    ("learning_rate", "end"),
    [(0.1, (-6.1111e-10, 8.1481e-10)), (1e-10, (-2.99999994, 3.99999992))],
)
def test_where_the_textbook_ends(learning_rate, end):
    found = gradient_descent(gradient, START, learning_rate, steps=100)[-1]
    np.testing.assert_allclose(found, end, rtol=1e-4)


def test_a_rate_of_ten_leaves():
    assert np.abs(gradient_descent(gradient, START, 10.0, steps=100)[-1]).min() > 1e12
