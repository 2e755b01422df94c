"""A model in float16 and mixed_float16: sound ones agree, an error is found, the rest is told."""

import keras
import numpy as np
import pytest

from comparisons.harness import backends
from comparisons.harness.check import checking, page
from comparisons.harness.check.findings import is_beyond
from comparisons.harness.check.questions import ask
from comparisons.harness.check.subject import Subject
from comparisons.harness.divergences import named
from tests.comparisons.harness.check.divergent_models import DIVERGENT

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


def convolutional(scale=1.0):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((6, 6, 2)), keras.layers.Rescaling(scale, name="scaled")]
    layers += [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.BatchNormalization()]
    layers += [keras.layers.MaxPooling2D(), keras.layers.Flatten(), keras.layers.Dropout(0.3)]
    return keras.Sequential([*layers, keras.layers.Dense(3, activation="softmax")], name="small")


@pytest.mark.parametrize("dtype", ["float16", "mixed_float16"])
def test_a_sound_model_agrees_and_no_training_steps_are_compared(columns, tmp_path, dtype):
    report = checking.Check(convolutional(), tmp_path, dtype=dtype, steps=5).run(columns)
    assert report.agrees, str(report)
    assert not any(row.refused or row.beyond for row in report.layers)
    assert f"  training: not compared in {dtype}: " in str(report)
    local = report.layers[1].backends["tensorflow"]["local"]
    assert 2.0**-18 < local.error < local.tolerance  # it was float16 in which Keras computed


def test_a_divergence_is_found_with_a_script(columns, tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "confirmed", lambda texts: texts)
    keras.utils.set_random_seed(0)
    check = checking.Check(
        DIVERGENT["sparsemax"].build(), tmp_path, dtype="mixed_float16", gradients=False
    )
    check.run(columns)
    check.reproduce(columns)
    found = [finding for finding, _ in check.findings.values() if not finding.convention]
    assert {finding.backend for finding in found} == set(columns.backends)
    for finding in found:
        assert (finding.layer, finding.known) == ("culprit", named("sparsemax").link)
        assert 'keras.config.set_dtype_policy("mixed_float16")' in finding.reproduction
        assert "found = float(found" in finding.reproduction


def test_what_is_beyond_the_largest_number_is_told_and_no_finding(columns, tmp_path):
    report = checking.Check(convolutional(2.0**20), tmp_path, dtype="float16").run(columns)
    assert report.agrees, str(report)
    assert {row.layer for row in report.layers if row.beyond} >= {"scaled", "small"}
    told = [line for line in str(report).splitlines() if "65,504" in line]
    assert len(told) == 1 and "scaled (" in told[0]
    assert "65,504: scaled (" in page.write(report, tmp_path / "page").read_text()


def test_numbers_that_are_none_are_found_where_none_is_large(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.UnitNormalization(name="unit")])
    model.save(tmp_path / "model.keras")
    subject = Subject(tmp_path / "model.keras", tmp_path)
    oracle = subject.oracle("float16")
    for x, is_told in ((np.ones((1, 2)), False), (np.full((1, 2), 300.0), True)):
        one, _ = ask(oracle, subject.twin("float16"), x, False, False, "float16")
        theirs = {name: np.full_like(y, np.nan) for name, y in one.quantities.items()}
        assert is_beyond(one, theirs, "float16") == is_told
        assert not is_beyond(one, theirs, "float32")


@pytest.mark.parametrize(
    ("layer", "is_beyond_it"),
    [
        (keras.layers.UnitNormalization, True),
        (keras.layers.Activation, False),
        (keras.layers.Dense, False),
    ],
)
def test_squares_that_are_too_large_excuse_the_layers_that_take_them(tmp_path, layer, is_beyond_it):
    arguments = {"Activation": ["relu"], "Dense": [2]}.get(layer.__name__, [])
    model = keras.Sequential([keras.Input((2,)), layer(*arguments)])
    model.save(tmp_path / "model.keras")
    subject = Subject(tmp_path / "model.keras", tmp_path)
    oracle, twin = subject.oracle("float16"), subject.twin("float16")
    for one in ask(oracle, twin, np.full((1, 2), 300.0), False, False, "float16"):
        theirs = {name: np.full_like(y, np.nan) for name, y in one.quantities.items()}
        assert is_beyond(one, theirs, "float16") == is_beyond_it


def test_a_layer_fed_with_what_keras_sees_has_no_ties_but_its_own(columns, tmp_path):
    """Of two numbers that float16 does not tell apart neither is the larger."""
    if backends.missing("tensorflow"):
        pytest.skip("TensorFlow is not installed")
    x = np.array([[[1.0], [1.0 + 2.0**-13], [0.5], [0.25]]])
    np.save(tmp_path / "x.npy", x)
    layers = [keras.Input((4, 1)), keras.layers.MaxPooling1D(2)]
    check = checking.Check(
        keras.Sequential(layers), tmp_path, input=tmp_path / "x.npy", dtype="float16"
    )
    report = check.run(columns)
    assert report.agrees, str(report)


def test_a_file_in_a_mixed_policy_has_inputs_of_its_weights_precision(tmp_path):
    convolutional().save(tmp_path / "model.keras")
    subject = Subject(tmp_path / "model.keras", tmp_path)
    model = keras.saving.load_model(subject.in_precision("mixed_float16"))
    assert model.inputs[0].dtype == "float32"
    assert {layer.dtype_policy.name for layer in model.layers} == {"mixed_float16"}
    assert {w.dtype for w in model.trainable_weights} == {"float32"}
    assert {w.dtype.name for w in subject.twin("mixed_float16").trainable_weights} == {"float32"}
