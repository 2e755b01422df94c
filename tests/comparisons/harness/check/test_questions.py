"""What a layer is asked: with its masks on its tensors, as in a model, and about numbers beside."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras.src.backend import set_keras_mask

import reference_numpy as rn
from comparisons.harness.check.findings import Judged, are_conventions, is_convention
from comparisons.harness.check.questions import LOCAL, Asked, Question, ask, nearby
from comparisons.harness.conformance.families.trial import Calculation
from comparisons.harness.proof.precision import reference_precision
from tests.comparisons.harness.check.test_findings import answered

MASK = np.array([[True, True, False]])
X = np.random.default_rng(0).standard_normal((1, 3, 4)).astype("float32")


def asked(names=(), **options):
    return Question((0,), None, names, options, [], [], [])


def tensor(mask=None):
    x = keras.ops.convert_to_tensor(X)
    if mask is not None:
        set_keras_mask(x, keras.ops.convert_to_tensor(mask))
    return x


@pytest.mark.parametrize("masked", ["query", "value"])
def test_attention_heeds_its_masks(masked):
    layer = keras.layers.MultiHeadAttention(2, 4)
    question = asked(("value",), **{f"{masked}_mask": MASK, "training": False})
    found = question.call(layer, [tensor(), tensor()])
    right = layer(*(tensor(MASK if masked == name else None) for name in ("query", "value")))
    np.testing.assert_array_equal(found, right)
    assert np.abs(found - layer(tensor(), tensor())).max() > 1e-3


def test_a_merging_layer_takes_the_masks_of_its_inputs():
    question = asked(mask=[MASK, None])
    left, right = tensor(), tensor()
    np.testing.assert_array_equal(question.call(keras.layers.Add(), [[left, right]]), 2 * X)
    np.testing.assert_array_equal(left._keras_mask, MASK)


def test_a_layer_that_names_its_mask_gets_it_by_name():
    question = asked(mask=MASK)
    layer = keras.layers.GlobalAveragePooling1D()
    np.testing.assert_allclose(question.call(layer, [tensor()]), X[:, :2].mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize(("number", "sides"), [(1e-43, {1.0, 0.5}), (1e-37, {1.0})])
def test_numbers_below_the_smallest_normal_one_are_moved_as_zeros_are(number, sides):
    model = rn.Sequential([rn.Input((3,)), rn.layers.ReLU(negative_slope=0.5)])
    x = np.array([[number, 1.0, -1.0]], "float32").astype("float64")
    local, _ = ask(model, model, x, False, True, "float32")
    slopes = {
        round(float(found["gradient of input 0"][0, 0] / local.question.cotangents[0][0, 0]), 3)
        for found in nearby(local, "float32")
    }
    assert slopes == sides


def test_steps_below_the_smallest_normal_number_may_be_masked():
    """The random model of seed 301 on TensorFlow, which takes them for zeros."""
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input((3, 1)), rn.layers.Masking()])
    x = np.array([1.0, 1e-40, 2.0]).reshape(1, 3, 1)
    questions = list(ask(model, model, x, False, True, "float32"))

    def masked(step):
        def change(one, name, value):
            if name == "gradient of input 0" and one.kind == LOCAL:
                value[:, step] = 0.0
            return value

        return [one.convention for one in answered(questions, change, backend="tensorflow")]

    assert masked(1) == [True] and masked(2) == [False]


def test_inputs_are_moved_once_for_all_that_differs():
    """What jumps may be what lies between its two sides; what is the same on both may not."""
    x, moved = np.zeros(3), []

    def quantities(jitter):
        moved.append(jitter)
        at = jitter(x)
        up, down = np.heaviside(at, 0.0), np.heaviside(-at, 0.0)
        return {"up": up, "down": down, "twice": 2.0 * up, "flat": 0.0 * at}

    exact = Calculation(quantities)
    question = Asked(LOCAL, None, exact, None, None, {}, exact.quantities(), {})
    record = SimpleNamespace(tolerance=1e-6)
    judged = [Judged(question, name, None, name, record, x + 0.5) for name in question.quantities]
    moved.clear()
    assert are_conventions(judged, "float32") == [True, True, True, False]
    for_all = len(moved)
    moved.clear()
    assert not is_convention(judged[-1], "float32") and len(moved) == for_all
