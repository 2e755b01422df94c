"""The script of a call computes what was asked, however the call is made."""

import functools
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from comparisons.harness.check import checking, reproductions, shrinking
from comparisons.harness.check.questions import LOCAL
from comparisons.harness.check.script import LINES, Numbers, drawn_weights, script
from comparisons.harness.divergences import named
from tests.comparisons.harness.check.test_reproductions import case

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached"),
]


def of_one(culprit):
    """A model of a layer that is given one input, with a mask."""
    x = keras.Input((4, 3))
    return keras.Model(x, culprit(layers.Masking()(x)))


def of_two(call):
    """A model of a layer that is given two inputs, with a mask each."""
    x, y = (keras.Input((4, 3), name=name) for name in "xy")
    return keras.Model([x, y], call(layers.Masking()(x), layers.Masking()(y)))


def with_states(culprit):
    """A model of a layer that is given its first states, and gives its last."""
    shapes = {"x": (4, 2), "h": (3,), "c": (3,)}
    x, h, c = (keras.Input(shape, name=name) for name, shape in shapes.items())
    return keras.Model([x, h, c], culprit(x, initial_state=[h, c]))


def named_culprit(kind, *arguments, **options):
    return kind(*arguments, name="culprit", **options)


ATTENTION, LSTM = (
    functools.partial(named_culprit, kind) for kind in (layers.MultiHeadAttention, layers.LSTM)
)
MODELS = {
    "mask": lambda: of_one(named_culprit(layers.SimpleRNN, 2)),
    "carried masks": lambda: of_two(ATTENTION(1, 2)),
    "a list of masks": lambda: of_two(lambda x, y: named_culprit(layers.Attention)([x, y])),
    "masks of a list": lambda: of_two(lambda x, y: named_culprit(layers.Add)([x, y])),
    "two outputs": lambda: of_two(
        lambda x, y: ATTENTION(1, 2)(x, y, return_attention_scores=True, use_causal_mask=True)
    ),
    "states": lambda: with_states(LSTM(3, return_state=True)),
    "moving statistics": lambda: of_one(named_culprit(layers.BatchNormalization)),
    "kept states": lambda: keras.Sequential(
        [keras.Input(batch_shape=(4, 3, 2)), LSTM(2, stateful=True)]
    ),
    "drawn factors": lambda: keras.Sequential(
        [keras.Input((4, 4, 1)), named_culprit(layers.RandomZoom, 0.2)]
    ),
    "drop": lambda: keras.Sequential([keras.Input((9,)), named_culprit(layers.Dropout, 0.5)]),
}
# Where a backend refuses the gradient, or has another one: docs/keras-divergences.md tells of it.
WITHOUT_GRADIENT = {"kept states": "torch", "carried masks": "torch", "drawn factors": "tensorflow"}


@pytest.fixture
def judgements(columns, tmp_path, monkeypatch):
    """A function of a model that gives every comparison of its culprit in training.

    Of its inputs some steps are masked.
    """

    def found(model):
        judged, judge = [], checking.judge

        def noting(*how):
            ones = judge(*how)
            trained = (one for one in ones if one.asked.question.options.get("training"))
            culprits = (one for one in trained if one.place.layer == "culprit")
            judged.extend(one for one in culprits if one.asked.kind == LOCAL)
            return ones

        monkeypatch.setattr(checking, "judge", noting)
        given = {
            x.name: np.random.default_rng(0).normal(size=(4, *x.shape[1:])) for x in model.inputs
        }
        for x in given.values():
            x[0, 1:2] = x[1, 2:] = 0.0
        np.savez(tmp_path / "given.npz", **given)
        checking.Check(model, tmp_path, input=tmp_path / "given.npz").run(columns)
        return {one.name: one for one in judged}

    return found


@pytest.mark.parametrize("name", [name for name in MODELS if name != "drop"])
def test_the_script_of_a_call_gives_what_is_right(judgements, columns, name):
    keras.utils.set_random_seed(0)
    judged = judgements(MODELS[name]())
    for quantity, one in judged.items():
        for backend in columns.backends:
            if quantity != "output 0" and backend == WITHOUT_GRADIENT.get(name):
                continue
            run = functools.partial(reproductions.run_on, columns, backend, "float32")
            search = shrinking.Search(one, backend, "float32", run)
            made = list(search.firsts())[:2][-1]  # its weights are drawn, where there are any
            right, scale = search.ask(made)[1], 64 * 2.0**-24
            found = run(made.computing())
            assert not isinstance(found, str), (quantity, found)
            np.testing.assert_allclose(
                found,
                right.quantities[quantity],
                rtol=0,
                atol=scale * right.scale[quantity],
                err_msg=f"{quantity} on {backend}",
            )


def test_a_difference_that_other_draws_make_gets_no_script(judgements, columns):
    keras.utils.set_random_seed(0)
    one = judgements(MODELS["drop"]())["output 0"]
    wrong = replace(one, record=replace(one.record, needed=4.0, tolerance=1.0, passed=False))
    backend = columns.backends[0]
    run = functools.partial(reproductions.run_on, columns, backend, "float32")
    with pytest.raises(reproductions.NotShown, match="random numbers"):
        shrinking.Search(wrong, backend, "float32", run).smallest()


@pytest.mark.slow
def test_a_script_in_float64_is_not_rounded_to_float32(columns):
    """Keras's own promotion would do so on JAX and PyTorch, and show that instead."""
    for backend in columns.backends:
        x = Numbers(np.array([[0.1, 2.0]]))
        kernel, bias = drawn_weights([(2, 2), (2,)])
        right = (x.array @ kernel + bias)[0, 1].item()
        made = case(backend=backend, dtype="float64", inputs=(x,))
        assert reproductions.confirmed([script(made, {}, (0, 1), right, 1e-14)]) == [None]
        assert reproductions.confirmed([script(made, {}, (0, 1), right + 1e-9, 1e-14)]) != [None]


@pytest.mark.slow
@pytest.mark.parametrize("state", ["given", "returned"])
def test_a_call_with_states_has_a_short_script(columns, tmp_path, state):
    x = keras.Input((4, 3))
    keras.utils.set_random_seed(0)
    if state == "given":
        h = [layers.Dense(3)(layers.Flatten()(x)) for _ in range(2)]
        outputs = LSTM(3, dropout=1.0)(x, initial_state=h)
    else:
        outputs = LSTM(3, dropout=1.0, return_state=True)(x)
    check = checking.Check(keras.Model(x, outputs), tmp_path)
    check.run(columns)
    check.reproduce(columns)
    found = [finding for finding, _ in check.findings.values() if not finding.convention]
    assert {finding.known for finding in found} == {named("dropout1-of-lstm-and-gru").link}
    for finding in found:
        text = finding.reproduction
        assert text and text.count("\n") <= LINES, finding
        assert "size=(1, " in text and "units=1" in text or state == "given"
