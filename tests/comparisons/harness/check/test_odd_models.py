"""Models that are made for one batch, are spoilt, or have nothing to train, in plain words."""

import warnings

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check.checking import Check
from comparisons.harness.check.metrics import Metrics
from comparisons.harness.check.subject import Subject
from comparisons.harness.check.training import Training
from comparisons.harness.proof import checks
from comparisons.harness.report import language
from reference_numpy import layers


def written(path, *parts, batch_shape=(None, 4), metrics=None):
    rn.random.set_seed(0)
    model = rn.Sequential([rn.Input(batch_shape=batch_shape), *parts])
    model.compile("sgd", "mse", metrics=metrics)
    model.save(path / "model.keras")
    return path / "model.keras"


def test_the_batch_is_that_of_the_shapes(tmp_path):
    """A stateful layer takes no other."""
    recurrent = layers.GRU(2, stateful=True)
    path = written(tmp_path, recurrent, layers.Dense(1), batch_shape=(3, 5, 2))
    assert Check(path, tmp_path).how["batch"] == 3


@pytest.mark.parametrize("spoilt", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_not_trained(tmp_path, spoilt):
    initial = rn.initializers.Constant(spoilt)
    path = written(tmp_path, layers.Dense(2, kernel_initializer=initial, name="spoilt"))
    x = np.ones((4, 4))
    with pytest.raises(ValueError) as refused:
        Training(Subject(path, tmp_path), x, "float32", 1, 0)
    english, japanese = language.recorded(f"not compared: {refused.value}")
    assert english == "not compared: the weight spoilt/kernel holds NaN or infinity"
    assert japanese == "比較していない（重みspoilt/kernelにNaNか無限大が含まれる）"
    Check(path, tmp_path)  # does not warn of what the numbers become


def test_metrics_of_outputs_that_are_no_numbers(tmp_path):
    """The mean of a sample that is padding alone, say; squares that are too large they have not."""
    initial = rn.initializers.Constant(np.nan)
    path = written(tmp_path, layers.Dense(2, kernel_initializer=initial), metrics=["mae"])
    with pytest.raises(ValueError, match="outputs are NaN"):
        Metrics(Subject(path, tmp_path), np.ones((4, 4)), "float32", 0)


def test_infinity_on_both_sides_is_equal():
    exact = {"y": np.array([np.inf, 1.0])}
    scale = checks.scales(lambda jitter: {"y": jitter(exact["y"])}, exact)
    (record,) = checks.compare_all("", "", "float32", exact, exact, scale)
    assert record.passed and record.needed == 0
    assert checks.compare("", "", "", "float32", 1.0, 1.0, np.nan).passed


def test_training_says_nothing_of_targets_that_were_drawn(tmp_path):
    path = written(tmp_path, layers.Rescaling(2.0))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        Training(Subject(path, tmp_path), np.ones((4, 4)), "float32", 1, 0)
    assert not told
