"""Every metric against Keras on TensorFlow, after each of several batches."""

import inspect
import json
import warnings

import numpy as np
import pytest

from comparisons.harness.conformance.families.metrics import make, make_keras
from comparisons.harness.conformance.judging import KNOWN, PASSED
from comparisons.harness.conformance.metric_cases import CASES
from reference_numpy import metrics, serialization
from tests.comparisons.verdicts import IN_EVERY_PRECISION, by_line, judged

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@IN_EVERY_PRECISION
@by_line("metric")
def test_metric_measures_what_keras_measures(line, dtype):
    row = judged("metric", line, dtype)
    limited = line[-1].diverges and dtype == "float64"
    assert row.verdict in ({PASSED, KNOWN} if limited else {PASSED}), row


@BY_CASE
@pytest.mark.filterwarnings("ignore:The config of .* does not say its")
def test_config_is_keras_config(keras, case):
    for dtype in ("float32", None):
        theirs = keras.metrics.serialize(make_keras(case, dtype))
        ours = serialization.serialize(make(case, dtype))
        for config in (ours["config"], theirs["config"]):
            if inspect.signature(type(make(case)).__init__).parameters["name"].default is None:
                # Made from the class name, and a number that grows.
                config["name"] = config["name"].rstrip("0123456789").rstrip("_")
        changed = {
            name: ours["config"].pop(name)
            for name in type(make(case)).only_in_config_when_changed
            if name in ours["config"] and name not in theirs["config"]
        }
        for name in type(make(case)).lost_by_keras:
            assert ours["config"].pop(name) == getattr(make(case), name)
        assert changed == {name: case.arguments[name] for name in changed}
        weights = theirs["config"].get("label_weights")
        if weights is not None:  # Keras has made a tensor of the list
            assert weights["config"]["value"] == ours["config"].pop("label_weights")
            del theirs["config"]["label_weights"]
        assert ours == json.loads(json.dumps(theirs))
    assert type(metrics.deserialize(theirs)) is type(make(case))


@BY_CASE
def test_direction_is_keras_direction(keras, case):
    assert make(case).direction == getattr(make_keras(case, None), "_direction", None)


def test_masks_count_as_in_keras(keras):
    import tensorflow as tf

    y_true, y_pred = np.zeros((2, 3, 1)), np.arange(6.0).reshape(2, 3, 1)
    mask = np.array([[True, True, False], [False, True, False]])
    for weight in (None, np.array([[1.0, 2.0, 3.0], [0.5, 1.5, 2.5]])):
        prediction = tf.constant(y_pred)
        prediction._keras_mask = tf.constant(mask)
        theirs = keras.metrics.MeanSquaredError(dtype="float64")
        theirs.update_state(y_true, prediction, weight)
        ours = metrics.MeanSquaredError(dtype="float64")
        ours.update_state(y_true, y_pred, weight, mask=mask)
        assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-14)


def test_regions_are_counted_in_integers(keras):
    generator = np.random.default_rng(0)
    y_true, y_pred = generator.integers(0, 3, (2, 20))
    for weights in (None, generator.integers(0, 4, 20), generator.uniform(0, 4, 20)):
        theirs, ours = keras.metrics.MeanIoU(3), metrics.MeanIoU(3)
        for metric in (theirs, ours):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                metric.update_state(y_true, y_pred, weights)
            assert bool(caught) == (weights is not None and weights.dtype.kind == "f")
        assert ours.total_cm.dtype == "int64"
        np.testing.assert_array_equal(ours.total_cm, theirs.total_cm.numpy())
        assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-6)


def test_every_metric_and_function_of_keras_is_here(keras):
    public = {name for name in dir(keras.metrics) if not name.startswith("_")}
    left_out = {"Metric", "deserialize", "get", "serialize"}
    classes = {name for name in public - left_out if inspect.isclass(getattr(keras.metrics, name))}
    assert classes == set(metrics.family.classes)
    functions = public - left_out - classes
    assert functions <= set(metrics.functions)
    assert all(callable(getattr(metrics, name)) for name in functions)


def test_names_mean_what_they_mean_in_keras(keras):
    from keras.src.metrics import ALL_OBJECTS_DICT

    for name, theirs in ALL_OBJECTS_DICT.items():
        if name not in ("Metric", "metric", "MeanMetricWrapper", "mean_metric_wrapper"):
            assert metrics.family.find(name).__name__ == theirs.__name__
