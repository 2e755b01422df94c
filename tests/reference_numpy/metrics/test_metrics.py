"""The metrics by hand, over batches, in their dtypes, and on bad input."""

import json

import numpy as np
import pytest

from reference_numpy import losses, metrics, serialization
from tests.reference_numpy.metrics.cases import CASES

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])


def make(case, dtype="float64"):
    return getattr(metrics, case.metric)(dtype=dtype, **case.arguments)


def results(metric, batches):
    return [np.array(metric(*batch)) for batch in batches]


@BY_CASE
def test_a_reset_metric_is_as_new(case):
    metric = make(case)
    first = results(metric, case.batches)
    metric.reset_state()
    assert not any(variable.any() for variable in metric.variables)
    for before, after in zip(first, results(metric, case.batches), strict=True):
        np.testing.assert_array_equal(before, after)


@BY_CASE
def test_config_makes_the_same_metric(case):
    metric = make(case)
    again = serialization.deserialize(json.loads(json.dumps(serialization.serialize(metric))))
    assert type(again) is type(metric) and again.get_config() == metric.get_config()
    np.testing.assert_array_equal(
        results(again, case.batches)[-1], results(metric, case.batches)[-1]
    )


@BY_CASE
def test_precision_is_kept(case):
    metric = make(case, "float32")
    batches = [
        [x.astype("float32") if getattr(x, "dtype", None) == "float64" else x for x in batch]
        for batch in case.batches
    ]
    for result in results(metric, batches):
        assert result.dtype == "float32"
    assert {variable.dtype.name for variable in metric.variables} == {"float32"}


@BY_CASE
def test_inputs_stay_untouched(case):
    batches = [[np.copy(x) for x in batch] for batch in case.batches]
    results(make(case), batches)
    for before, after in zip(case.batches, batches, strict=True):
        for x, y in zip(before, after, strict=True):
            np.testing.assert_array_equal(x, y)


def test_accuracy_by_hand():
    metric = metrics.SparseCategoricalAccuracy()
    y_pred = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    metric.update_state([1, 1, 1], y_pred)
    assert metric.result() == pytest.approx(2 / 3)
    metric.update_state([0], [[0.6, 0.4]], sample_weight=[3.0])
    assert metric.result() == pytest.approx((2 + 3) / 6)
    assert metrics.BinaryAccuracy()([1, 0, 1, 0], [0.5, 0.5, 0.51, 0.9]) == 0.5


def test_masked_entries_do_not_count():
    metric = metrics.MeanSquaredError(dtype="float64")
    y_true, y_pred = np.zeros((2, 3, 1)), np.arange(6.0).reshape(2, 3, 1)
    metric.update_state(y_true, y_pred, mask=np.array([[True, True, False], [False, True, False]]))
    # Each sample counts with its share of valid steps.
    assert metric.result() == pytest.approx((0 + 1 + 16) / 3)
    ignoring = metrics.SparseCategoricalCrossentropy(ignore_class=-1, dtype="float64")
    plain = metrics.SparseCategoricalCrossentropy(dtype="float64")
    y_pred = np.array([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5]])
    assert ignoring([0, -1, 1], y_pred) == plain([0, 1], y_pred[[0, 2]])
    masked = metrics.SparseCategoricalCrossentropy(ignore_class=-1, dtype="float64")
    masked.update_state([[0], [-1], [1]], y_pred, mask=[False, True, True])
    assert masked.result() == pytest.approx(-np.log(0.5))


def test_any_function_or_loss_is_a_metric():
    y_true, y_pred = np.array([[0.0, 1.0]]), np.array([[0.5, 3.0]])
    huber = metrics.get(losses.Huber(delta=0.5, dtype="float64"))
    assert huber(y_true, y_pred) == losses.Huber(delta=0.5, dtype="float64")(y_true, y_pred)
    assert (huber.name, huber.direction) == ("huber_loss", "down")
    wrapper = metrics.MeanMetricWrapper("huber", name="h", dtype="float64", delta=0.5)
    assert wrapper(y_true, y_pred) == huber.result()
    again = metrics.deserialize(serialization.serialize(wrapper))
    assert again(y_true, y_pred) == wrapper.result() and again.name == "h"
    assert metrics.get(losses.huber).name == "huber"
    assert metrics.get(losses.huber.serialize())(y_true, y_pred) == pytest.approx(0.8125)
    last = metrics.get(lambda y_true, y_pred: y_pred[:, -1])
    assert last(y_true, y_pred) == 3.0


def test_names_find_the_metrics():
    for name in ("mse", "MSE", "mean_squared_error", "MeanSquaredError"):
        assert type(metrics.get(name)) is metrics.MeanSquaredError
    assert metrics.get(None) is None
    with pytest.raises(ValueError, match="Unknown metric: 'acuracy'"):
        metrics.get("acuracy")
    with pytest.raises(ValueError, match="Could not interpret metric"):
        metrics.get(3)
    with pytest.raises(ValueError, match="`fn` must be callable. Received: fn=3"):
        metrics.MeanMetricWrapper(3)
