"""Metrics as `evaluate` has them, with masks, and given as functions or losses."""

import keras
import numpy as np
import pytest

from comparisons.harness.check.findings import Finding
from comparisons.harness.check.report import RIGHT, Report, Row, Side
from tests.comparisons.harness.check.metric_models import (
    answered,
    measured,
    metrics_and_inputs,
    metrics_of,
    model_of,
    padded,
    script_of,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


def test_masks_reach_metrics_as_in_evaluate(tmp_path):
    model = padded()
    asked, x = metrics_and_inputs(model, tmp_path)
    whole, half = asked.asked[0].question.masks
    assert np.array_equal(whole, x != 0) and np.array_equal(half, whole[:2])
    assert 0 < whole.sum() < whole.size
    targets, _, weights = asked.asked[-1].question.batches[0]
    assert weights.shape == whole.shape
    told = model.evaluate(x, targets, sample_weight=weights, return_dict=True, verbose=0)
    named = [str(one.place) for one in asked.asked]
    assert len(named) == 5 and set(named) == set(told) - {"loss"}
    for one in asked.asked:
        right = one.quantities["result after batch 1"]
        assert told[str(one.place)] == pytest.approx(float(right), rel=1e-5)
    assert not measured(asked)


def test_a_metric_that_overlooks_masks_is_found_and_shown(tmp_path, monkeypatch):
    asked = metrics_of(padded(), tmp_path)
    update = keras.metrics.MeanMetricWrapper.update_state
    monkeypatch.setattr(
        keras.metrics.MeanMetricWrapper,
        "update_state",
        lambda self, y_true, y_pred, *weights: update(self, y_true, y_pred + 0.0, *weights),
    )
    found = {one.layer: (one.known, sketches) for one, sketches in answered(asked)}
    assert set(found) == {str(one.place) for one in asked.asked} - {"overlap"}
    assert {known for known, _ in found.values()} == {None}
    text = script_of(found["weighted"][1])
    assert "keras.src.backend.set_keras_mask(y, np.array([[" in text
    assert "metric.update_state(np.array([" in text and text.count("\n") < 20


def test_outputs_that_are_a_dictionary_are_named_by_its_keys(tmp_path):
    keras.utils.set_random_seed(0)
    x = keras.Input((5,))
    shares, size = keras.layers.Dense(3, "softmax", name="b")(x), keras.layers.Dense(1, name="a")(x)
    model = keras.Model(x, {"kind": shares, "length": size})
    losses = {"kind": "categorical_crossentropy", "length": "mse"}
    model.compile("sgd", losses, metrics={"kind": ["acc"], "length": "mae"})
    asked = metrics_of(model, tmp_path)
    assert {str(one.place): one.place.class_name for one in asked.asked} == {
        "kind/acc": "CategoricalAccuracy",
        "length/mae": "MeanAbsoluteError",
    }
    assert not measured(asked)


def test_what_rounding_leaves_of_one_sample_is_no_finding(tmp_path):
    """Of one sample R² is 1 − rss / tss with a tss that should be zero, and its weight rounds."""
    model = model_of(3, None, "mse", weighted_metrics=[keras.metrics.R2Score()])
    asked, _ = metrics_and_inputs(model, tmp_path, batch=1)
    (one,) = asked.asked
    assert one.quantities["result after batch 1"] == 0 and one.scale["result after batch 1"] > 1e6


@pytest.mark.parametrize(
    ("metric", "made"),
    [
        (keras.losses.mean_squared_error, "keras.losses.mean_squared_error"),
        (keras.metrics.binary_accuracy, "keras.metrics.binary_accuracy"),
        (keras.losses.LogCosh(), "keras.losses.LogCosh()"),
        (
            keras.losses.CategoricalCrossentropy(label_smoothing=0.1, reduction="sum"),
            'keras.losses.CategoricalCrossentropy(label_smoothing=0.1, reduction="sum")',
        ),
        (
            keras.metrics.MeanMetricWrapper(keras.losses.huber, delta=0.2),
            "keras.losses.huber, delta=0.2",
        ),
    ],
)
def test_functions_and_losses_have_scripts_too(tmp_path, monkeypatch, metric, made):
    asked = metrics_of(model_of(3, "softmax", "mse", metric), tmp_path)
    assert not measured(asked)
    result = keras.metrics.MeanMetricWrapper.result
    monkeypatch.setattr(keras.metrics.MeanMetricWrapper, "result", lambda self: result(self) + 0.1)
    (_, sketches), *_ = answered(asked)
    text = script_of(sketches)
    assert f"metric = keras.metrics.MeanMetricWrapper({made})" in " ".join(text.split())
    assert "reference_numpy" not in text and text.count("\n") < 40


def test_the_finding_of_a_metric_is_of_no_layer_of_its_name():
    """Both tables have the name; the layer is right."""
    side = Side(2.0, 2e-5, 1e-5, "result after batch 1")
    finding = Finding("mse", "jax", "metric, result after batch 1", "local", 2e-5, 1e-5, 2.0)
    layer, metric = Row("mse", "Dense"), Row("mse", "MeanSquaredError", {"jax": {"local": side}})
    layer.backends = {"jax": {"local": Side(0.5, 5e-6, 1e-5, "output")}}
    how = {
        "dtype": "float32",
        "batch": 4,
        "backends": {"jax": "checked"},
        "own": {},
        "training": "not asked for",
    }
    model = {"file": None, "name": "small", "parameters": 8}
    report = Report(model, how, [layer], [finding], [metric])
    assert report.mark(layer, "jax") == RIGHT
    told = str(report).splitlines()
    assert "mse on jax: metric, result after batch 1" in told
    heads = [line.split() for line in told if "class" in line]
    assert heads == [
        ["layer", "class", "jax", "local", "jax", "propagated"],
        ["metric", "class", "jax"],
    ]
    report.metrics.clear()
    assert "metric  class" not in str(report)
