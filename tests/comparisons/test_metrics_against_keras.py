"""Every metric against Keras on TensorFlow, after each of several batches."""

import json

import numpy as np
import pytest

from comparisons.harness import checks
from reference_numpy import metrics, serialization
from tests.reference_numpy.metrics.cases import CASES
from tests.reference_numpy.metrics.test_metrics import make, results

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def make_keras(keras, case, dtype):
    return getattr(keras.metrics, case.metric)(dtype=dtype, **case.arguments)


def in_precision(x, precision):
    return x.astype(precision) if getattr(x, "dtype", None) == "float64" else x


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@BY_CASE
def test_metric_measures_what_keras_measures(keras, case, dtype):
    exact, metric = results(make(case), case.batches), make_keras(keras, case, dtype)
    precision = "float32" if "float32" in (dtype, case.keras_precision) else "float64"
    records = []
    for number, (batch, ours) in enumerate(zip(case.batches, exact, strict=True)):
        metric.update_state(*(in_precision(x, precision) for x in batch))
        theirs = np.asarray(metric.result())
        # What is added up over the batches may cancel, so the scale is that of the first results.
        scale = max(1.0, *(float(np.abs(result).max()) for result in exact))
        tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF[precision] * scale
        where = f"result after batch {number}"
        records.append(
            checks.compare(case.id, where, "keras-tensorflow", dtype, ours, theirs, tolerance)
        )
    failures = [str(record) for record in records if not record.passed]
    assert records and not failures, "\n".join(failures)


@BY_CASE
def test_config_is_keras_config(keras, case):
    theirs = keras.metrics.serialize(make_keras(keras, case, "float32"))
    ours = serialization.serialize(make(case, "float32"))
    assert ours == json.loads(json.dumps(theirs))
    assert type(metrics.deserialize(theirs)) is type(make(case))
    default = serialization.serialize(getattr(metrics, case.metric)(**case.arguments))
    assert default == json.loads(json.dumps(keras.metrics.serialize(make_keras(keras, case, None))))


@BY_CASE
def test_direction_is_keras_direction(keras, case):
    assert make(case).direction == getattr(make_keras(keras, case, None), "_direction", None)


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
