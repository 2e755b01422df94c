"""Every regularizer, its gradient, and every constraint against Keras on TensorFlow."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.conformance.judging import KNOWN, PASSED, REFUSED
from comparisons.harness.conformance.weight_cases import CONSTRAINTS, REGULARIZERS
from tests.comparisons.verdicts import IN_EVERY_PRECISION, by_line, judged


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def make(half, family, case):
    name, arguments = case
    return getattr(getattr(half, family), name)(**arguments)


@IN_EVERY_PRECISION
@by_line("regularizer")
def test_penalty_and_gradient_are_keras(line, dtype):
    # Keras has the factors in float32, which in float64 rounds them, or fails.
    known = {"L1": KNOWN, "L2": KNOWN, "OrthogonalRegularizer": REFUSED}
    limits = known if dtype == "float64" else {}
    row = judged("regularizer", line, dtype)
    assert row.verdict == limits.get(line[0], PASSED), row


@IN_EVERY_PRECISION
@by_line("constraint")
def test_constraints_are_keras_constraints(line, dtype):
    row = judged("constraint", line, dtype)
    assert row.verdict == PASSED, row


@pytest.mark.parametrize(
    ("family", "case"),
    [("regularizers", case) for case in REGULARIZERS]
    + [("constraints", case) for case in CONSTRAINTS],
    ids=str,
)
def test_config_is_keras_config(keras, family, case):
    ours, theirs = (make(half, family, case) for half in (rn, keras))
    assert ours.get_config() == theirs.get_config()
    saved = json.loads(json.dumps(getattr(keras, family).serialize(theirs)))
    assert getattr(rn, family).get(saved).get_config() == theirs.get_config()


@pytest.mark.parametrize(
    ("family", "base", "cases"),
    [("regularizers", "Regularizer", REGULARIZERS), ("constraints", "Constraint", CONSTRAINTS)],
)
def test_every_class_of_keras_is_there(keras, family, base, cases):
    theirs = {name for name in dir(getattr(keras, family)) if name[0].isupper()}
    ours = set(getattr(rn, family).family.classes)
    assert theirs == ours | {base}
    assert {name for name, _ in cases} == ours


def test_one_row_has_no_pairs(keras):
    """The divergence is still there: no pairs cost nothing, but Keras divides by their number."""
    one_row = np.array([[1.0, 2.0]], "float32")
    assert np.isnan(float(keras.regularizers.OrthogonalRegularizer()(keras.ops.array(one_row))))
    assert rn.regularizers.OrthogonalRegularizer()(one_row) == 0
