"""What the textbook says of pooling, and which of equal entries gets the gradient."""

import numpy as np

from reference_numpy.concepts.pooling import (
    average_pooling,
    average_pooling_backward,
    max_pooling,
    max_pooling_backward,
)

IMAGE = np.array([[1.0, 2, 1, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 4, 0, 1]])[None, ..., None]
TWO = (2, 2)


def test_the_textbooks_numbers():
    """Saito, Deep Learning from Scratch, figure 7-14."""
    y, _ = max_pooling(IMAGE, TWO, TWO)
    assert y[0, ..., 0].tolist() == [[2, 3], [4, 2]]
    y, _ = average_pooling(IMAGE, TWO, TWO)
    assert y[0, ..., 0].tolist() == [[1, 1.5], [2.25, 1]]


def test_of_equal_entries_the_first_gets_the_gradient():
    y, cache = max_pooling(np.ones((1, 2, 2, 1)), TWO, TWO)
    assert max_pooling_backward(y, cache).ravel().tolist() == [1, 0, 0, 0]
    y, cache = average_pooling(np.ones((1, 2, 2, 1)), TWO, TWO)
    assert average_pooling_backward(y, cache).ravel().tolist() == [0.25] * 4
