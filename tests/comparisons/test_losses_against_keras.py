"""Every loss against Keras on TensorFlow: values and gradients, in float64 and float32."""

import json

import numpy as np
import pytest

from comparisons.harness import backends
from comparisons.harness.conformance.families.losses import keras_quantities, quantities
from comparisons.harness.conformance.judging import KNOWN, PASSED
from comparisons.harness.conformance.loss_cases import CASES, LossCase
from comparisons.harness.divergences import seen_on
from reference_numpy import losses, serialization
from tests.comparisons.verdicts import IN_EVERY_PRECISION, by_line, judged

KERAS_CASES = [case for case in CASES if case.loss != "HalfSumOfSquares"]
LABELS_IN = ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Circle", "CTC")
BY_CASE = pytest.mark.parametrize("case", KERAS_CASES, ids=[case.id for case in KERAS_CASES])


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


@pytest.fixture(scope="module")
def keras(backend):
    import keras

    return keras


@pytest.fixture(scope="module")
def tf():
    import tensorflow

    return tensorflow


@IN_EVERY_PRECISION
@by_line("loss")
def test_loss_computes_what_keras_computes(line, dtype):
    row = judged("loss", line, dtype)
    limited = seen_on("tensorflow", line[-1].diverges) and dtype == "float64"
    assert row.verdict == (KNOWN if limited else PASSED), row


@BY_CASE
@pytest.mark.filterwarnings("ignore:The config of .* does not say its")
def test_config_is_keras_config(keras, case):
    theirs = getattr(keras.losses, case.loss)(**case.arguments)
    ours = getattr(losses, case.loss)(**case.arguments)
    lost = {
        key: value
        for key, value in case.arguments.items()
        if key in type(ours).only_in_config_when_changed and value != -1
    }
    lost.update({key: getattr(ours, key) for key in ours.lost_by_keras})
    config = serialization.serialize(ours)
    assert {key: config["config"].pop(key) for key in lost} == lost
    assert config == json.loads(json.dumps(keras.losses.serialize(theirs)))
    again = losses.deserialize(keras.losses.serialize(theirs))
    assert type(again) is type(ours)


def test_every_loss_and_function_of_keras_is_here(keras):
    import inspect

    public = {name for name in dir(keras.losses) if not name.startswith("_")}
    left_out = {"Loss", "deserialize", "get", "serialize"}
    classes = {name for name in public - left_out if inspect.isclass(getattr(keras.losses, name))}
    assert classes == set(losses.family.classes)
    assert public - left_out - classes <= set(losses.functions)


def test_names_mean_what_they_mean_in_keras(keras):
    from keras.src.losses import ALL_OBJECTS_DICT

    for name, theirs in ALL_OBJECTS_DICT.items():
        if name not in ("Loss", "LossFunctionWrapper"):
            ours = losses.get(name)
            theirs_name = serialization.snake_case(theirs.__name__)
            assert serialization.snake_case(type(ours).__name__) == theirs_name, name


def test_functions_give_keras_values(keras):
    done = set()
    for case in KERAS_CASES:
        name = serialization.snake_case(case.loss)
        if case.y_true.shape != case.y_pred.shape and case.loss not in LABELS_IN:
            continue  # Keras's functions leave the shapes to the classes
        arguments = {"q": 0.5} if case.loss.startswith("CategoricalGeneralized") else {}
        arguments.update(case.arguments)
        theirs = getattr(keras.losses, name)(case.y_true, case.y_pred, **arguments)
        ours = losses.functions[name](case.y_true, case.y_pred, **case.arguments)
        rtol = 1e-6 if seen_on("tensorflow", case.diverges) else 1e-11
        np.testing.assert_allclose(ours, np.asarray(theirs), rtol=rtol, atol=rtol / 100)
        done.add(name)
    assert done == set(losses.functions) - {"half_sum_of_squares"}


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy"])
def test_a_model_that_ends_with_the_activation_is_fused(keras, tf, name):
    """Keras computes the loss from the logits; `on_logits` gives the same numbers."""
    import reference_numpy as rn

    activation = {"BinaryCrossentropy": "sigmoid"}.get(name, "softmax")
    # Logits so large that the probabilities round to 0 and 1: clipped, there is no gradient.
    x, t = np.array([[60.0, -60.0, 3.0], [1.0, 2.0, -50.0]]), np.eye(3)[[1, 0]]
    loss = getattr(keras.losses, name)(dtype="float64")
    logits = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(t, keras.activations.get(activation)(logits))
    fused = getattr(losses, name)(dtype="float64").on_logits(rn.activations.get(activation), 2)
    assert fused(t, x) == pytest.approx(float(value), rel=1e-13)
    np.testing.assert_allclose(fused.gradient(t, x), tape.gradient(value, logits), atol=1e-15)


def test_divergence_gradient_of_targets_that_do_not_add_up_to_one(backend):
    """TensorFlow's fused softmax takes Σ t for 1; a row of zeros (padding) gets a gradient."""
    x, t = np.array([[1.0, 2.0, 0.5]]), np.zeros((1, 3))
    case = LossCase("CategoricalCrossentropy", t, x, {"from_logits": True}, "zeros")
    ours = quantities(case)
    theirs = keras_quantities(case, backend, "float64", ours)
    value, gradient = "value, unweighted, sum", "gradient, unweighted, sum"
    assert theirs[value] == ours[value] == 0
    assert not ours[gradient].any()
    np.testing.assert_allclose(theirs[gradient], np.exp(x) / np.exp(x).sum(), rtol=1e-12)
