"""Every regularizer, its gradient, and every constraint against Keras on TensorFlow."""

import json

import numpy as np
import pytest

import reference_numpy as rn

REGULARIZERS = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.25}),
    ("L1L2", {"l1": 0.25, "l2": 0.5}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}),
]
CONSTRAINTS = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("MaxNorm", {"max_value": 1, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 1.5, "max_value": 1.75, "rate": 0.3, "axis": 1}),
]


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@pytest.fixture
def w():
    w = np.random.default_rng(0).standard_normal((5, 4))
    w[1, 2] = 0.0
    return w


def make(half, family, case):
    name, arguments = case
    return getattr(getattr(half, family), name)(**arguments)


@pytest.mark.parametrize("case", REGULARIZERS, ids=str)
def test_penalty_and_gradient_are_keras(keras, case, w):
    import tensorflow as tf

    ours, theirs = (make(half, "regularizers", case) for half in (rn, keras))
    variable = tf.Variable(w)
    with tf.GradientTape() as tape:
        if case[0] == "OrthogonalRegularizer":
            # A divergence: its factor is a float32 tensor, and fails with weights in float64.
            theirs.factor = tf.cast(theirs.factor, "float64")
        penalty = theirs(variable)
    slope = tape.gradient(penalty, variable)
    slope = np.zeros_like(w) if slope is None else slope.numpy()
    tolerance = 1e-7 if case[0] == "L2" else 1e-13  # λ goes by way of float32
    np.testing.assert_allclose(ours(w), float(penalty), rtol=tolerance)
    np.testing.assert_allclose(ours.gradient(w), slope, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("case", CONSTRAINTS, ids=str)
def test_constraints_are_keras_constraints(keras, case, w):
    ours, theirs = (make(half, "constraints", case) for half in (rn, keras))
    for scale in (0.0, 0.1, 1.0, 10.0):
        np.testing.assert_allclose(ours(scale * w), theirs(scale * w), rtol=1e-13, atol=1e-15)


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
