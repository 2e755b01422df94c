"""When the learning ends, which both halves might miss alike."""

import numpy as np

from reference_numpy.concepts.perceptron_learning import perceptron_learning

ROWS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
START = np.zeros((2, 1)), np.zeros(1)


def corrected(answers, epochs=100):
    """Whether each epoch corrected anything."""
    _, biases = perceptron_learning(ROWS, np.array(answers)[:, None], *START, epochs)
    return np.diff(biases[:, 0]).reshape(-1, len(ROWS)).any(axis=1).tolist()


def test_learning_ends_with_the_first_epoch_that_corrects_nothing():
    found = corrected([0.0, 0.0, 0.0, 1.0])
    assert found == [True] * (len(found) - 1) + [False] and 1 < len(found) < 100


def test_learning_goes_on_where_no_line_separates():
    assert corrected([0.0, 1.0, 1.0, 0.0]) == [True] * 100
