"""Predicting and evaluating keep nothing for a backward pass that does not come."""

import tracemalloc

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy import layers as L

X = np.random.default_rng(0).standard_normal((512, 16))
SEQUENCES = X.reshape(16, 32, 16)
DEPTH, WIDTH = 16, 64
ACTIVATIONS = len(X) * WIDTH * X.itemsize


def deep():
    return rn.Sequential([rn.Input((16,)), *(L.Dense(WIDTH, "tanh") for _ in range(DEPTH))])


def nested():
    return rn.Sequential([rn.Input((16,)), deep(), L.Dense(1)])


def peak(work):
    """The most bytes that are held at once."""
    work()  # whatever is made once
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.parametrize("make", [deep, nested])
@pytest.mark.parametrize("method", ["predict", "evaluate", "predict_on_batch"])
def test_no_more_is_held_than_a_few_layers_outputs(make, method):
    model = make()
    model.compile(loss="mse")
    y = np.zeros((len(X), model.output_shape[-1]))
    if method == "predict_on_batch":
        used = peak(lambda: model.predict_on_batch(X))
    elif method == "predict":
        used = peak(lambda: model.predict(X, len(X), verbose=0))
    else:
        used = peak(lambda: model.evaluate(X, y, len(X), verbose=0))
    # A layer's input, sum and output, the output before, and small change.
    assert used < 5 * ACTIVATIONS
    assert peak(lambda: model.forward(X)) > DEPTH * ACTIVATIONS


@pytest.mark.parametrize("layer", [L.LSTM, L.GRU, L.SimpleRNN])
def test_a_recurrent_layer_holds_two_steps(layer):
    model = rn.Sequential([rn.Input((32, 16)), layer(32)])
    kept = peak(lambda: model.forward(SEQUENCES, training=False))
    assert peak(lambda: model.predict(SEQUENCES, verbose=0)) < 0.4 * kept
    y = model.forward(SEQUENCES, training=False)[0]
    np.testing.assert_array_equal(model.predict(SEQUENCES, verbose=0), y)


def test_backward_follows_forward_again_afterwards():
    model = deep()
    model.predict(X, verbose=0)
    with pytest.raises(ValueError, match="incompatible shape"):
        model.predict(X[:, :3], verbose=0)
    y, cache = model.forward(X)
    assert len(model.backward(np.ones_like(y), cache)[1]) == 2 * DEPTH


@pytest.mark.parametrize("layer", [L.SimpleRNN, L.LSTM, L.GRU])
def test_states_that_are_returned_hold_no_other_memory(layer):
    _, *last = layer(3, return_state=True)(SEQUENCES)
    assert all(state.base is None for state in last)
