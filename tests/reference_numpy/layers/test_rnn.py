"""What the table of cases does not say of the recurrent layers."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof.layer_checks import Reference

L = rn.layers
GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((3, 5, 2))
MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
NAMES = ("SimpleRNN", "LSTM", "GRU")
BY_NAME = pytest.mark.parametrize("name", NAMES)


def states(name, units=3):
    return [GENERATOR.standard_normal((3, units)) for _ in range(2 if name == "LSTM" else 1)]


def randomize(layer):
    layer.set_weights([GENERATOR.standard_normal(w.shape) for w in layer.get_weights()])
    return layer


def built(name, x=X, **arguments):
    layer = getattr(L, name)(dtype="float64", **arguments)
    layer.forward(x)
    return randomize(layer)


# The fast path against the cell's own steps


@BY_NAME
@pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"return_state": True},
        {"return_sequences": True, "return_state": True},
        {"go_backwards": True, "return_sequences": True},
        {"zero_output_for_mask": True, "return_sequences": True},
        {"zero_output_for_mask": True, "go_backwards": True},
    ],
    ids=str,
)
def test_fast_path_agrees_with_the_cells_steps(name, mask, arguments):
    fast = built(name, units=3, **arguments)
    plain = L.RNN(getattr(L, f"{name}Cell")(3, dtype="float64"), dtype="float64", **arguments)
    plain.forward(X)
    plain.set_weights(fast.get_weights())
    inputs = {"sequences": X, "initial_state": states(name)}
    options = {} if mask is None else {"mask": mask}
    found = Reference(fast, inputs, options, named=True).quantities()
    expected = Reference(plain, inputs, options, named=True).quantities()
    assert found.keys() == expected.keys()
    for quantity, value in expected.items():
        np.testing.assert_allclose(found[quantity], value, atol=1e-13, err_msg=quantity)


def test_gates_that_are_nearly_shut_keep_their_digits():
    fast = built("LSTM", units=3)  # its outputs are 1e-27, of which one tanh for all left none
    *kernels, bias = fast.get_weights()
    fast.set_weights([*kernels, bias - 60 * (np.arange(12) < 3)])
    expected = L.RNN(fast.cell, dtype="float64").forward(X)[0]
    assert 0 < np.abs(expected).max() < 1e-20
    np.testing.assert_allclose(fast.forward(X)[0], expected, rtol=1e-12)


@BY_NAME
def test_fast_path_is_taken_by_default(name, monkeypatch):
    layer = built(name, units=3)
    monkeypatch.setattr(layer.cell, "forward", None)
    layer.forward(X)


@pytest.mark.parametrize("batch", [1, 3, 100, 300])
def test_gradients_are_summed_over_blocks_of_any_size(batch):
    x, dy = (GENERATOR.standard_normal((batch, *rest)) for rest in ((7, 2), (3,)))
    layer = built("LSTM", x, units=3)
    plain = L.RNN(layer.cell, dtype="float64")
    grads = [part.backward(dy, part.forward(x)[1])[1] for part in (layer, plain)]
    for found, expected in zip(*grads, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


# Gradients: what may be left out, what is passed by


@BY_NAME
def test_gradient_that_is_not_wanted_may_be_none(name):
    for layer in (
        built(name, units=3, return_state=True),
        L.RNN(getattr(L, f"{name}Cell")(3, dtype="float64"), return_state=True, dtype="float64"),
    ):
        (y, *last), cache = layer.forward(X)
        zeros = [np.zeros_like(state) for state in last]
        for given, full in (
            ((y, *[None] * len(last)), (y, *zeros)),
            ((None, y, *[None] * (len(last) - 1)), (np.zeros_like(y), y, *zeros[1:])),
        ):
            dx, grads = layer.backward(given, cache)
            expected_dx, expected_grads = layer.backward(full, cache)
            np.testing.assert_array_equal(dx, expected_dx)
            for grad, expected in zip(grads, expected_grads, strict=True):
                np.testing.assert_array_equal(grad, expected)


def test_one_none_stands_for_all_states_of_a_cell_in_a_stack():
    layer = L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_state=True)
    (y, *_), cache = layer.forward(X.astype("float32"))
    dx, _ = layer.backward((y, None, None), cache)
    assert np.abs(dx).max() > 0


@BY_NAME
def test_input_gradient_is_left_out_when_nobody_asks(name):
    layer = built(name, units=3)
    y, cache = layer.forward(X)
    assert layer.backward(y, cache, input_gradient=False)[0] is None
    y, cache = layer.forward(sequences=X, initial_state=states(name))
    with_dx, without = (layer.backward(y, cache, input_gradient=g)[0] for g in (True, False))
    assert without["sequences"] is None
    for a, b in zip(with_dx["initial_state"], without["initial_state"], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-15)


def test_integers_are_computed_in_the_compute_dtype_and_have_no_gradient():
    x = GENERATOR.integers(0, 5, (3, 5, 2))
    for layer in (L.LSTM(3), L.LSTM(3, activation="relu"), L.Bidirectional(L.GRU(3))):
        y, cache = layer.forward(x)
        dx, grads = layer.backward(np.ones_like(y), cache)
        assert y.dtype == "float32" and dx is None
        assert all(grad.dtype == "float32" for grad in grads)


@BY_NAME
def test_masked_steps_do_not_matter(name):
    layer = built(name, units=3, return_sequences=True, return_state=True)
    changed = np.where(MASK[..., None], X, 7.0)
    (y, *last), cache = layer.forward(X, mask=MASK)
    (y_changed, *last_changed), _ = layer.forward(changed, mask=MASK)
    np.testing.assert_array_equal(y, y_changed)
    for a, b in zip(last, last_changed, strict=True):
        np.testing.assert_array_equal(a, b)
    dx, _ = layer.backward((np.ones_like(y), *last), cache)
    assert np.all(dx[~MASK] == 0) and np.all(dx[MASK] != 0)


@pytest.mark.parametrize("name", [*NAMES, "ConvLSTM1D"])
def test_backwards_is_forwards_over_the_reversed_sequence(name):
    arguments, x = {"units": 3}, X
    if name == "ConvLSTM1D":
        arguments, x = {"filters": 3, "kernel_size": 1}, X[:, :, None]
    forwards = built(name, x, return_sequences=True, **arguments)
    backwards = built(name, x, return_sequences=True, go_backwards=True, **arguments)
    backwards.set_weights(forwards.get_weights())
    expected = forwards(x[:, ::-1], mask=MASK[:, ::-1])
    np.testing.assert_array_equal(backwards(x, mask=MASK), expected)


def test_convolution_over_one_place_is_a_product():
    plain, convolving = (
        built("LSTM", units=3),
        built("ConvLSTM1D", X[:, :, None], filters=3, kernel_size=1),
    )
    kernel, recurrent, bias = plain.get_weights()
    convolving.set_weights([kernel[None], recurrent[None], bias])
    y = convolving(X[:, :, None], mask=MASK)
    np.testing.assert_allclose(y[:, 0], plain(X, mask=MASK), atol=1e-14)


@BY_NAME
def test_output_before_the_first_step_that_counts_is_zero(name):
    layer = built(name, units=3, return_sequences=True, return_state=True)
    given = states(name)
    y, *last = layer(sequences=X, initial_state=given, mask=MASK)
    assert np.all(y[1, 0] == 0) and np.all(y[2] == 0)
    np.testing.assert_array_equal(y[1, 2], y[1, 1])
    for state, first in zip(last, given, strict=True):
        np.testing.assert_array_equal(state[2], first[2])


# States


@pytest.mark.parametrize(
    "make",
    [
        *[lambda name=name: getattr(L, name)(3, dtype="float64", stateful=True) for name in NAMES],
        lambda: L.RNN(
            L.StackedRNNCells(
                [L.LSTMCell(3, dtype="float64"), L.GRUCell(2, dtype="float64")], dtype="float64"
            ),
            dtype="float64",
            stateful=True,
        ),
    ],
    ids=[*NAMES, "stack"],
)
def test_stateful_layer_goes_on_where_it_stopped(make):
    layer = make()
    layer.forward(X)
    randomize(layer)
    layer.reset_state()
    whole, (first, second) = layer(X), (X[:, :2], X[:, 2:])
    layer.reset_states()
    _, early_cache = layer.forward(first)
    before = layer.backward(np.ones_like(whole), early_cache)[0]
    parts = layer(second)
    np.testing.assert_allclose(parts, whole, atol=1e-15)
    # The kept states changed meanwhile; the first call's cache did not.
    np.testing.assert_array_equal(layer.backward(np.ones_like(whole), early_cache)[0], before)
    layer.reset_state()
    np.testing.assert_allclose(layer(X), whole, atol=1e-15)


def test_gradients_of_states_that_lie_bare_or_in_lists():
    """The graph of a model has the only state of a cell bare, `forward` gives it in a list."""
    layer = L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_state=True, dtype="float64")
    (y, (h, c), (last,)), cache = layer.forward(X)
    dy, (in_list,) = np.ones_like(y), [np.cos(last)]
    dx, grads = layer.backward((dy, [np.sin(h), c], [in_list]), cache)
    bare_dx, bare_grads = layer.backward((dy, [np.sin(h), c], in_list), cache)
    for found, expected in zip([bare_dx, *bare_grads], [dx, *grads], strict=True):
        np.testing.assert_array_equal(found, expected)
    assert layer.compute_output_shape(X.shape)[2] == last.shape


def test_kept_states_are_no_weights():
    layer = built("LSTM", units=3, stateful=True)
    assert len(layer.weights) == 3 and len(layer.states) == 2
    assert layer.count_params() == sum(w.size for w in layer.weights)


def test_stateful_bidirectional_resets_both_directions():
    layer = L.Bidirectional(L.LSTM(3, stateful=True, return_state=True))
    assert layer.states is None
    layer.forward(X.astype("float32"))
    assert len(layer.states) == 4 and all(np.abs(s).max() > 0 for s in layer.states)
    layer.reset_state()
    assert all(np.all(s == 0) for s in layer.states)
    with pytest.raises(AttributeError, match="must be stateful"):
        L.Bidirectional(L.LSTM(3)).reset_state()


def test_one_state_may_be_given_as_an_array():
    layer = built("GRU", units=3)
    (state,) = states("GRU")
    y, cache = layer.forward(sequences=X, initial_state=state)
    np.testing.assert_array_equal(y, layer(sequences=X, initial_state=[state]))
    dx, _ = layer.backward(y, cache)
    assert dx["initial_state"].shape == state.shape


# Masks that travel


def test_mask_follows_the_order_of_the_outputs():
    for arguments, expected in (
        ({}, None),
        ({"return_sequences": True}, MASK),
        ({"return_sequences": True, "go_backwards": True}, MASK[:, ::-1]),
    ):
        np.testing.assert_array_equal(L.LSTM(3, **arguments).compute_mask(X, MASK), expected)
    mask, *of_states = L.LSTM(3, return_state=True, return_sequences=True).compute_mask(X, MASK)
    np.testing.assert_array_equal(mask, MASK)
    assert of_states == [None, None]


@pytest.mark.parametrize("merge_mode", ["concat", None])
@pytest.mark.parametrize("stateful", [False, True])
def test_mask_of_bidirectional_covers_all_outputs(merge_mode, stateful):
    inner = L.LSTM(3, return_sequences=True, return_state=True, stateful=stateful)
    layer = L.Bidirectional(inner, merge_mode=merge_mode)
    outputs = layer(X.astype("float32"), mask=MASK)
    masks = layer.compute_mask(X, MASK)
    assert len(masks) == len(outputs)
    assert [mask is not None for mask in masks] == [y.ndim == 3 for y in outputs]
    plain = L.Bidirectional(L.LSTM(3, return_sequences=True))
    np.testing.assert_array_equal(plain.compute_mask(X, MASK), MASK)
    assert L.Bidirectional(L.LSTM(3)).compute_mask(X, MASK) is None


def test_mask_passes_through_a_model():
    inputs = rn.Input((5,), dtype="int32")
    embedded = L.Embedding(7, 4, mask_zero=True)(inputs)
    model = rn.Model(inputs, L.LSTM(3)(embedded))
    tokens = np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 0]])
    short = model.predict(tokens, verbose=0)
    np.testing.assert_allclose(short[:1], model.layers[2](model.layers[1](tokens[:1, :2])), 1e-6)


# Dropout


@BY_NAME
@pytest.mark.parametrize("arguments", [{}, {"implementation": 1}], ids=["one mask", "per gate"])
def test_one_mask_serves_all_steps(name, arguments):
    if name == "SimpleRNN" and arguments:
        with pytest.raises(ValueError, match="implementation"):
            L.SimpleRNN(3, **arguments)
        return
    layer = built(name, units=3, dropout=0.5, seed=4, return_sequences=True, **arguments)
    _, cache = layer.forward(X, training=True)
    dx, _ = layer.backward(np.ones((3, 5, 3)), cache)
    dropped = dx == 0
    if not arguments:
        assert dropped.any() and not dropped.all()
        np.testing.assert_array_equal(dropped, np.repeat(dropped[:, :1], 5, axis=1))
    again = layer(X, training=True)
    assert np.abs(again - layer(X, training=True)).max() > 0
    np.testing.assert_array_equal(layer(X), layer(X))


@BY_NAME
def test_full_dropout_leaves_nothing(name):
    layer = built(name, units=3, dropout=1.0)
    np.testing.assert_array_equal(layer(X, training=True), layer(np.zeros_like(X)))


def test_seed_repeats_the_masks():
    outputs = []
    for _ in range(2):
        layer = L.LSTM(3, dropout=0.5, recurrent_dropout=0.2, seed=3, dtype="float64")
        layer.forward(X)
        layer.set_weights([np.full(w.shape, 0.3) for w in layer.get_weights()])
        outputs.append(layer(X, training=True))
    np.testing.assert_array_equal(*outputs)


# Weights, configs


def test_forget_gates_begin_with_ones():
    for layer, x in ((L.LSTM(2), X), (L.ConvLSTM1D(2, 1), X[:, :, None])):
        layer.forward(x.astype("float32"))
        np.testing.assert_array_equal(layer.weights[2], [0, 0, 1, 1, 0, 0, 0, 0])
    layer = L.LSTM(2, bias_initializer="ones", unit_forget_bias=False)
    layer.forward(X.astype("float32"))
    np.testing.assert_array_equal(layer.weights[2], np.ones(8))


def test_first_weights_of_bidirectional():
    first = L.Bidirectional(L.LSTM(3))
    first.forward(X.astype("float32"))
    second = L.Bidirectional(L.LSTM(3), weights=first.get_weights())
    np.testing.assert_array_equal(second(X.astype("float32")), first(X.astype("float32")))


def test_bidirectional_copies_its_layer():
    inner = L.LSTM(3, name="memory")
    layer = L.Bidirectional(inner)
    assert [part.name for part in layer.sublayers] == ["forward_memory", "backward_memory"]
    assert inner not in layer.sublayers and layer.backward_layer.go_backwards


def test_penalty_on_the_output_is_kept():
    layer = L.SimpleRNN(3, activity_regularizer="l2")
    assert layer.activity_regularizer is not None
    assert layer.get_config()["activity_regularizer"] is not None


def test_time_distributed_draws_for_each_step():
    layer = L.TimeDistributed(L.Dropout(0.5, seed=1), dtype="float64")
    y = layer(np.ones((3, 6, 8)), training=True)
    assert not np.array_equal(y[:, 0], y[:, 1])


def test_any_layer_with_a_state_size_is_a_cell():
    class Sum(L.Layer):
        """y_t = s_t = x_t + s_{t−1}."""

        state_size = 2

        def forward(self, inputs, states):
            total = inputs + states[0]
            return (2 * total, [total]), None

        def backward(self, dy, cache):
            slope = 2 * dy[0] + dy[1][0]
            return {"inputs": slope, "states": [slope]}, []

    layer = L.RNN(Sum(dtype="float64"), return_sequences=True, dtype="float64")
    y, cache = layer.forward(X)
    np.testing.assert_allclose(y, 2 * np.cumsum(X, axis=1))
    dx, grads = layer.backward(np.ones_like(y), cache)
    np.testing.assert_allclose(dx, np.broadcast_to([[[10], [8], [6], [4], [2]]], X.shape))
    assert grads == []


@pytest.mark.parametrize("name", ["LSTM", "GRU", "SimpleRNN"])
def test_a_batch_of_no_samples(name):
    layer = getattr(rn.layers, name)(3)
    y, cache = layer.forward(np.zeros((0, 4, 2), "float32"))
    dx, grads = layer.backward(np.zeros_like(y), cache)
    assert (y.shape, dx.shape) == ((0, 3), (0, 4, 2))
    assert not any(grad.any() for grad in grads)
