"""Gradients that sum up equal terms, as before an average: their roundings do not cancel."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check.changing import changed, module_of
from comparisons.harness.check.findings import findings, judge
from comparisons.harness.check.questions import ask
from comparisons.harness.check.subject import Subject
from comparisons.harness.check.training import Training
from comparisons.harness.proof.precision import reference_precision
from reference_numpy import layers
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer


def averaging(penalty=None):
    rn.random.set_seed(0)
    convolution = layers.Conv2D(3, 3, activity_regularizer=penalty, name="convolution")
    average = layers.GlobalAveragePooling2D(keepdims=True)
    model = rn.Sequential([rn.Input((64, 64, 1)), convolution, average])
    model.compile("sgd", "mse")
    return model


def images():
    return np.random.default_rng(0).standard_normal((4, 64, 64, 1))


def one_by_one(wrong):
    """Meanwhile a convolution's bias gets a gradient as TensorFlow's is, times a factor."""

    def change(own):
        return lambda dy: wrong * np.cumsum(dy.reshape(-1, dy.shape[-1]), 0, "float32")[-1]

    return changed("bias_gradient", [module_of(ConvolutionLayer)], change)


@pytest.mark.parametrize(
    ("penalty", "wrong", "is_found"), [(None, 1.0, False), (None, 1.02, True), ("l2", 1.02, True)]
)
def test_a_sum_of_equal_terms_one_by_one_is_no_finding(penalty, wrong, is_found):
    """A bias before a global average needed 9 times the tolerance on TensorFlow."""
    with reference_precision("float64"):
        model = averaging(penalty)
    twin = averaging(penalty)
    twin.set_weights(model.get_weights())
    *_, whole = ask(model, twin, images(), False, True, "float32")
    with one_by_one(wrong):
        theirs = whole.reference.quantities()
    judged = judge(whole, theirs, "tensorflow", "float32")
    found = findings(judged, "tensorflow", "float32", "inference")
    assert bool(found) == is_found
    assert "backward" not in vars(layers.Conv2D)


@pytest.mark.parametrize(("wrong", "is_found"), [(1.0, False), (1.02, True)])
def test_training_with_such_sums_is_no_finding(tmp_path, wrong, is_found):
    averaging().save(tmp_path / "model.keras")
    training = Training(Subject(tmp_path / "model.keras", tmp_path), images(), "float32", 2, 0)
    with one_by_one(wrong):
        theirs = training._follow(lambda array: array)
    assert bool(training.findings(theirs, "tensorflow")) == is_found
