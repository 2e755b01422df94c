"""The losses beside the library's own and the textbook's numbers."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.concepts import cross_entropy, losses

# Saito, Deep Learning from Scratch, 4.2: the answer is 2.
ANSWER = np.eye(10)[[2]]
RIGHT = np.array([[0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]])
WRONG = np.array([[0.1, 0.05, 0.1, 0.0, 0.05, 0.1, 0.0, 0.6, 0.0, 0.0]])


def test_the_textbooks_squared_error_is_the_librarys():
    y_true, y_pred = np.random.default_rng(0).normal(size=(2, 5, 3))
    library = rn.losses.HalfSumOfSquares(dtype="float64")
    found = losses.half_sum_of_squares(y_true, y_pred)
    np.testing.assert_allclose(found, library(y_true, y_pred), rtol=1e-15)
    found = losses.half_sum_of_squares_gradient(y_true, y_pred)
    np.testing.assert_allclose(found, library.gradient(y_true, y_pred), rtol=1e-15)


@pytest.mark.parametrize(
    ("loss", "right", "wrong"),
    [
        (losses.half_sum_of_squares, 0.0975, 0.5975),
        (cross_entropy.categorical_crossentropy, 0.510825, 2.302585),
    ],
)
def test_the_textbooks_numbers(loss, right, wrong):
    assert loss(ANSWER, RIGHT) == pytest.approx(right, abs=1e-6)
    assert loss(ANSWER, WRONG) == pytest.approx(wrong, abs=1e-6)


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_a_certain_mistake_has_a_loss_but_no_gradient(y):
    """Kept away from log 0, probabilities have nothing to say on which way to go."""
    t, y = np.array([1.0 - y]), np.array([y])
    assert cross_entropy.binary_crossentropy(t, y) == pytest.approx(-np.log(1e-7))
    assert cross_entropy.binary_crossentropy_gradient(t, y) == 0
