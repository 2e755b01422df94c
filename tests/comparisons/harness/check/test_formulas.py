"""What another formula than the oracle's explains: what it gives, but for rounding, and no more."""

from contextlib import ExitStack

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check import inputs
from comparisons.harness.check.changing import changed
from comparisons.harness.check.formulas import FORMULAS, Formula
from comparisons.harness.check.questions import LOCAL, ask
from comparisons.harness.divergences import named
from comparisons.harness.proof.precision import reference_precision
from reference_numpy import layers
from tests.comparisons.harness.check.test_findings import answered

BIAS = "addition-along-the-wrong-axis-with-channels-first"
RMS = "rmsnormalization-along-other-axes-than-the-last"
FIRST = {"data_format": "channels_first"}
# The name, the layer that meets it, its input's shape, the backend, and which of the formulas.
CASES = {
    "conv": (BIAS, lambda: layers.Conv2D(4, 3, **FIRST), (3, 6, 6), "tensorflow"),
    "transposed": (BIAS, lambda: layers.Conv1DTranspose(5, 2, **FIRST), (3, 4), "tensorflow"),
    "heads": (BIAS, lambda: layers.MultiHeadAttention(3, 1), (3, 6), "tensorflow"),
    "average": (
        "average-pooling-with-same-padding-on-pytorch",
        lambda: layers.AveragePooling2D((4, 3), 1, "same"),
        (5, 5, 2),
        "torch",
    ),
    "table": (
        "bicubic-interpolation",
        lambda: layers.UpSampling2D(3, interpolation="bicubic"),
        (4, 4, 2),
        "tensorflow",
    ),
    "cubic": (
        "bicubic-interpolation-on-pytorch",
        lambda: layers.UpSampling2D(3, interpolation="bicubic"),
        (4, 4, 2),
        "torch",
    ),
    "equals": (
        "maximum-of-equal-entries-over-three-axes",
        lambda: layers.MaxPooling3D(2),
        (4, 4, 4, 3),
        "tensorflow",
    ),
    "rms": (RMS, lambda: layers.RMSNormalization(axis=1), (4, 4), "jax"),
    "rms, all of it": (RMS, lambda: layers.RMSNormalization(axis=1), (4, 4), "torch", 1),
}


def questions_of(make, shape, dtype):
    """The questions about a layer whose weights are none of them alike."""
    rn.random.set_seed(0)
    with reference_precision("float64"):
        tensor, culprit = rn.Input(shape), make()
        takes_two = isinstance(culprit, layers.MultiHeadAttention)
        model = rn.Model(tensor, culprit(tensor, tensor) if takes_two else culprit(tensor))
    generator = np.random.default_rng(3)
    model.set_weights([w + 0.3 * generator.uniform(-1, 1, w.shape) for w in model.get_weights()])
    x = inputs.draw(model, 4, 0, inputs.TIES, dtype)
    if len(shape) == 4:
        x = np.minimum(x, 0.0)  # of equal entries that are zero jitter makes no unequal ones
    return list(ask(model, model, x, False, True, dtype))


def by_formula(name, reference, which=0):
    """All quantities by the other formula."""
    with ExitStack() as stack:
        for change in FORMULAS[name][which].changes:
            stack.enter_context(changed(*change))
        found = reference.quantities()
    reference.restore()
    return found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_a_formula_explains_what_it_gives_and_nothing_beside_it(case, dtype):
    name, make, shape, backend, *which = CASES[case]
    questions = questions_of(make, shape, dtype)
    theirs = by_formula(name, questions[0].reference, *which)

    def found(beside):
        def change(one, quantity, value):
            if one.kind != LOCAL:
                return value
            return (theirs[quantity] + beside * np.abs(theirs[quantity]).max()).astype(dtype)

        findings = answered(questions, change, dtype=dtype, backend=backend)
        return {one.known for one in findings if not one.convention}

    link = named(name).link
    assert found(0.0) == {link}
    assert found(1e-3) == {None}


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_formula_that_has_no_value_explains_nothing(backend):
    """A scale along an axis of 4, multiplied along the last, of 1, has another shape."""
    questions = questions_of(lambda: layers.RMSNormalization(axis=1), (4, 1), "float32")
    findings = answered(questions, lambda one, name, value: 2 * value, backend=backend)
    assert {one.known for one in findings} == {None}


def test_a_formula_that_does_not_run_is_no_formula_without_a_value(monkeypatch):
    """Else nobody would see that it explains nothing any more."""

    def broken(forward):
        return lambda self, x, training=False: np.reshape(x, 7)

    formula = Formula((("forward", [layers.RMSNormalization], broken),))
    monkeypatch.setitem(FORMULAS, RMS, (formula,))
    questions = questions_of(lambda: layers.RMSNormalization(axis=1), (4, 3), "float32")
    with pytest.raises(ValueError, match="cannot reshape"):
        answered(questions, lambda one, name, value: 2 * value, backend="jax")


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.LSTM])
def test_masked_steps_of_an_unrolled_layer_are_zeroed_in_the_order_of_time(kind):
    tf = pytest.importorskip("tensorflow")
    name = "unrolled-backwards-zeros-for-masked-steps"
    options = {"unroll": True, "go_backwards": True, "zero_output_for_mask": True}
    rn.random.set_seed(0)
    with reference_precision("float64"):
        layer = kind(3, return_sequences=True, **options)
        model = rn.Sequential([rn.Input((4, 2)), layers.Masking(), layer])
    x = np.random.default_rng(0).standard_normal((3, 4, 2)).astype("float32").astype("float64")
    x[0, 0] = x[1, 2:] = 0.0
    _, one, _ = questions = list(ask(model, model, x, False, True, "float32"))
    theirs = by_formula(name, one.reference)

    def found(beside):
        def change(other, quantity, value):
            return theirs[quantity].astype("float32") + beside if other is one else value

        return {each.known for each in answered(questions, change, backend="tensorflow")}

    assert found(np.float32(0.0)) == {named(name).link}
    assert found(np.float32(1e-3)) == {None}

    keras_one, given = keras_layer(layer), tf.constant(x.astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(given)
        keras_one(given)
        keras_one.set_weights(one.reference.start)
        y = keras_one(given, mask=(x != 0).any(-1))
    dx = tape.gradient(y, given, one.question.cotangents[0]).numpy()
    np.testing.assert_allclose(y, theirs["output 0"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(dx, theirs["gradient of input 0"], rtol=0, atol=1e-6)
    assert np.abs(one.quantities["output 0"] - y).max() > 1e-2


def keras_layer(layer):
    """The layer of Keras by the NumPy half's config."""
    import keras

    return getattr(keras.layers, type(layer).__name__).from_config(
        {**layer.get_config(), "dtype": "float32"}
    )


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")
@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][3] == "tensorflow"])
def test_tensorflow_computes_by_the_formula(case):
    import tensorflow as tf

    name, make, shape, *_ = CASES[case]
    (one, _) = questions_of(make, shape, "float32")
    theirs = by_formula(name, one.reference)
    layer = keras_layer(one.reference.layer)
    given = [tf.constant(x) for x in one.question.inputs]
    with tf.GradientTape() as tape:
        tape.watch(given)
        layer(*given)
        layer.set_weights(one.reference.start)
        y = layer(*given)
    output, gradient = "output 0", "gradient of input 0"
    found = {
        output: y.numpy(),
        gradient: tape.gradient(y, given[0], one.question.cotangents[0]).numpy(),
    }
    apart = 0.0
    for quantity, value in found.items():
        np.testing.assert_allclose(value, theirs[quantity], rtol=0, atol=3e-6, err_msg=quantity)
        apart = max(apart, np.abs(one.quantities[quantity] - value).max())
    assert apart > 1e-4


def test_pytorch_s_formulas_give_the_figures_of_their_divergences():
    figures = {
        "bicubic-interpolation-on-pytorch": (
            layers.UpSampling2D((2, 1), interpolation="bicubic"),
            np.eye(7)[3].reshape(1, 7, 1, 1),
            {6: 0.879},
        ),
        "average-pooling-with-same-padding-on-pytorch": (
            layers.AveragePooling1D(4, strides=1, padding="same"),
            np.array([4.0, 1.0, 2.0]).reshape(1, 3, 1),
            {2: 1.75},
        ),
    }
    for name, (layer, x, expected) in figures.items():
        with ExitStack() as stack:
            for change in FORMULAS[name][0].changes:
                stack.enter_context(changed(*change))
            y = layer.forward(x)[0].ravel()
        for place, value in expected.items():
            assert abs(y[place] - value) < 1e-3
