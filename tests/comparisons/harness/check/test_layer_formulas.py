"""Casts, masks and a window: the other formula explains what it gives, and nothing beside it."""

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check import inputs
from comparisons.harness.check.questions import LOCAL, ask
from comparisons.harness.divergences import named
from comparisons.harness.proof.precision import reference_precision
from reference_numpy import layers
from tests.comparisons.harness.check.test_findings import answered
from tests.comparisons.harness.check.test_formulas import by_formula, keras_layer

DROPPED, CAST = "dropout1-of-lstm-and-gru", "normalization-layers-and-integers"
ODD = {"fft_length": 16, "sequence_length": 15, "sequence_stride": 4, "num_mel_bins": 4}
# The name, the layer that meets it, its input's shape and dtype, and the backend.
CASES = {
    "dropout": (DROPPED, lambda: layers.LSTM(3, dropout=1.0), (3, 4), "float32", "jax"),
    "fed back": (
        DROPPED,
        lambda: layers.GRU(3, recurrent_dropout=1.0),
        (3, 4),
        "float32",
        "tensorflow",
    ),
    "integers": (CAST, layers.LayerNormalization, (6,), "int32", "torch"),
    "groups": (CAST, lambda: layers.GroupNormalization(2), (6,), "int32", "jax"),
    "looked up": (
        "spectralnormalization-of-an-embedding",
        lambda: layers.SpectralNormalization(layers.Embedding(9, 4)),
        (6,),
        "int32",
        "jax",
    ),
    "window": (
        "melspectrograms-window-of-odd-length",
        lambda: layers.MelSpectrogram(**ODD),
        (64,),
        "float32",
        "tensorflow",
    ),
}


def questions_of(case):
    """The questions about the layer alone, then about the model."""
    name, make, shape, dtype, _ = CASES[case]
    rn.random.set_seed(0)
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input(shape, dtype=dtype), make()])
    x = inputs.draw(model, 4, 0, inputs.ORDINARY, "float32")
    return list(ask(model, model, x, name == DROPPED, True, "float32"))


@pytest.mark.parametrize("case", CASES)
def test_a_formula_explains_what_it_gives_and_nothing_beside_it(case):
    name, *_, backend = CASES[case]
    questions = questions_of(case)
    theirs = by_formula(name, questions[0].reference)

    def found(beside):
        def change(one, quantity, value):
            if one.kind != LOCAL:
                return value
            return (theirs[quantity] + beside * (1 + np.abs(value).max())).astype("float32")

        return {one.known for one in answered(questions, change, backend=backend)}

    assert found(0.0) == {named(name).link}
    assert found(1e-3) == {None}


@pytest.mark.parametrize("case", ["integers", "groups"])
def test_keras_casts_by_the_formula(case):
    one, _ = questions_of(case)
    (x,) = one.question.inputs
    layer = keras_layer(one.reference.layer)
    layer(x)
    y = keras.ops.convert_to_numpy(layer(x))
    assert y.any() and np.array_equal(y, by_formula(CASES[case][0], one.reference)["output 0"])


@pytest.mark.parametrize("layer", [layers.LayerNormalization(), layers.MelSpectrogram(16)])
def test_what_does_not_meet_it_is_computed_as_ever(layer):
    shape = (64,)
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input(shape), layer])
    x = inputs.draw(model, 4, 0, inputs.ORDINARY, "float32")
    one, *_ = ask(model, model, x, False, True, "float32")
    other = by_formula("melspectrograms-window-of-odd-length", one.reference)
    assert all(np.array_equal(other[name], value) for name, value in one.quantities.items())
