"""What is recorded of a training."""

import pytest

from comparisons.harness.scores import ACCURACY, LOG_LOSS
from comparisons.harness.training import turning_point


@pytest.mark.parametrize(
    ("history", "score", "best", "turned"),
    [
        ({"val_loss": [0.5, 0.2, 0.3]}, ACCURACY, 2, 2),
        ({"val_loss": [0.5, 0.3, 0.2]}, ACCURACY, 3, None),
        ({"val_loss": [0.5, 0.2], "val_accuracy": [0.9, 0.8]}, ACCURACY, 2, None),
        ({"val_accuracy": [0.8, 0.9, 0.7]}, ACCURACY, 2, 2),
        ({"val_accuracy": [1.0, 1.0]}, ACCURACY, 1, None),  # as good in the end as at its best
        ({"val_accuracy": [0.9, 0.8, 0.9]}, ACCURACY, 1, None),
        ({"val_log_loss": [0.4, 0.2, 0.3]}, LOG_LOSS, 2, 2),
    ],
)
def test_where_validation_turns_worse(history, score, best, turned):
    found = turning_point(history, score)
    assert (found["best_epoch"], found["overfitting_epoch"]) == (best, turned)
