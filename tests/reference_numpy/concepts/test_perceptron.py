"""The gates against their truth tables, which both halves might miss alike."""

import numpy as np
import pytest

from reference_numpy.concepts import perceptron

ROWS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(
    ("gate", "answers"),
    [("AND", "0001"), ("NAND", "1110"), ("OR", "0111"), ("XOR", "0110")],
)
def test_a_gate_answers_as_its_truth_table_says(gate, answers):
    found = getattr(perceptron, gate)(ROWS)
    assert found[:, 0].tolist() == [float(answer) for answer in answers]


def test_the_step_is_0_at_the_threshold_itself():
    assert perceptron.step(np.array([-1.0, 0.0, 1.0])).tolist() == [0.0, 0.0, 1.0]


def test_the_search_counts_rows_by_hand():
    """Two networks, of which the second gets three of four rows right."""
    answers = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    targets = np.array([[0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    assert perceptron.most_right(answers, targets).tolist() == [3.0, 4.0]
