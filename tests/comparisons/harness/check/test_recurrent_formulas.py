"""Masked steps before the first: what JAX gives there is told from anything else."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check import inputs
from comparisons.harness.check.questions import LOCAL, ask
from comparisons.harness.divergences import named
from comparisons.harness.proof.precision import reference_precision
from reference_numpy import layers, tree
from tests.comparisons.harness.check.test_findings import answered
from tests.comparisons.harness.check.test_formulas import by_formula

FIRST, ZEROS = (
    "masked-steps-before-the-first-on-jax",
    "zero_output_for_mask-of-unrolled-layers-on-jax",
)
EVERY = {"return_sequences": True}
# The layer, and how many states it is given.
MADE = {
    "fast path": (lambda: layers.GRU(3, **EVERY), 1),
    "step by step": (lambda: layers.GRU(3, activation="softsign", **EVERY), 1),
    "memory": (lambda: layers.LSTM(3, **EVERY), 2),
    "backwards": (lambda: layers.SimpleRNN(3, go_backwards=True, **EVERY), 1),
    "last output": (lambda: layers.LSTM(3), 2),
    "last output, step by step": (lambda: layers.SimpleRNN(3, activation="softsign"), 1),
    "stacked": (lambda: layers.RNN([layers.LSTMCell(3), layers.LSTMCell(3)], **EVERY), 4),
}


def question_of(make, count):
    """The question about a layer with states and a mask that begins, ends and is all padding."""
    rn.random.set_seed(0)
    with reference_precision("float64"):
        x, mask = rn.Input((5, 2)), rn.Input((5,), dtype="bool")
        states = [rn.Input((3,)) for _ in range(count)]
        layer = make()
        packed = [states[:2], states[2:]] if count == 4 else states
        model = rn.Model([x, mask, *states], layer(x, initial_state=packed, mask=mask))
    given = inputs.draw(model, 4, 0, inputs.PADDED, "float32")
    given[1] = np.array([[0, 0, 1, 0, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 1], [0] * 5], bool)
    one, *_ = ask(model, model, given, False, True, "float32")
    return one


@pytest.mark.parametrize("case", MADE)
def test_the_initial_state_is_repeated_before_the_first_step_and_has_the_gradients(case):
    one = question_of(*MADE[case])
    theirs = by_formula(FIRST, one.reference)
    mask = one.question.options["mask"]
    mask = mask[:, ::-1] if case == "backwards" else mask
    before = ~np.logical_or.accumulate(mask, axis=1)[..., None]
    repeated = {"stacked": 3}.get(case, 1)  # the place among the inputs
    state, dy = tree.flatten(one.question.inputs)[repeated], one.reference.cotangents[0]
    if case.startswith("last output"):
        y, dstate = np.where(before[:, -1], state, one.quantities["output 0"]), dy * before[:, -1]
    else:
        y = np.where(before, state[:, None], one.quantities["output 0"])
        dstate = (dy * before).sum(1)
    np.testing.assert_allclose(theirs["output 0"], y, rtol=1e-6)
    for name, value in one.quantities.items():
        if name == f"gradient of input {repeated}":
            np.testing.assert_allclose(theirs[name], value + dstate, rtol=0, atol=1e-12)
        elif name != "output 0":
            np.testing.assert_allclose(theirs[name], value, rtol=0, atol=1e-12)
    assert dstate.any()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (FIRST, lambda: layers.GRU(3, **EVERY)),
        (FIRST, lambda: layers.SimpleRNN(3)),
        (ZEROS, lambda: layers.GRU(3, unroll=True, zero_output_for_mask=True, **EVERY)),
        (
            ZEROS,
            lambda: layers.SimpleRNN(
                3, "softsign", unroll=True, zero_output_for_mask=True, **EVERY
            ),
        ),
    ],
)
def test_it_explains_what_it_gives_and_nothing_beside_it(name, make):
    one = question_of(make, 1)
    theirs = by_formula(name, one.reference)

    def found(beside, backend="jax"):
        def change(other, quantity, value):
            if other.kind != LOCAL or theirs[quantity].dtype.kind != "f":
                return value
            return (theirs[quantity] + beside).astype("float32")

        return {each.known for each in answered([one], change, backend=backend)}

    assert found(0.0) == {named(name).link}
    assert found(1e-3) == found(0.0, "torch") == {None}


@pytest.mark.parametrize(
    "options",
    [{"unroll": True}, {"zero_output_for_mask": True}],
    ids=lambda options: next(iter(options)),
)
@pytest.mark.parametrize("activation", ["tanh", "softsign"])
def test_a_layer_that_gives_zeros_there_is_computed_as_ever(options, activation):
    one = question_of(lambda: layers.SimpleRNN(3, activation, **EVERY, **options), 1)
    other = by_formula(FIRST, one.reference)
    assert all(np.array_equal(other[name], value) for name, value in one.quantities.items())


def test_masked_steps_of_an_unrolled_layer_repeat_the_last_output():
    one = question_of(lambda: layers.LSTM(3, unroll=True, zero_output_for_mask=True, **EVERY), 2)
    plain = question_of(lambda: layers.LSTM(3, **EVERY), 2)
    theirs = by_formula(ZEROS, one.reference)
    for name, value in plain.quantities.items():
        np.testing.assert_array_equal(theirs[name], value)
    assert not np.allclose(theirs["output 0"], one.quantities["output 0"])
