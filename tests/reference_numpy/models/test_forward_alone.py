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


class Saliency(L.Layer):
    """y = |dx| for dx of a critic's first output; it goes forward and backward in every call."""

    def __init__(self, critic, **kwargs):
        super().__init__(**kwargs)
        self.critic = self.track(critic)

    def forward(self, x, training=False):
        y, cache = self.critic.forward(x, training=training)
        dy = np.zeros_like(y)
        dy[..., 0] = 1.0
        dx, _ = self.critic.backward(dy, cache)
        return np.abs(dx), None


def convolutional():
    """What keeps something: a nested model, max pooling, and a recurrent layer."""
    features = [L.Conv2D(3, 3, activation="relu"), L.MaxPooling2D(2), L.Reshape((9, 3)), L.LSTM(4)]
    return rn.Sequential([rn.Input((8, 8, 1)), rn.Sequential(features), L.Dense(2)])


def pictures(critic, distributed):
    """A model whose layer looks at pictures, or at each of several."""
    layer = Saliency(critic)
    if distributed:
        return rn.Sequential([rn.Input((2, 8, 8, 1)), L.TimeDistributed(layer)])
    return rn.Sequential([rn.Input((8, 8, 1)), layer])


@pytest.mark.parametrize("distributed", [False, True])
def test_a_layer_of_ones_own_may_go_backward_in_its_forward_pass(distributed):
    rn.random.set_seed(0)
    critic = convolutional()
    model = pictures(critic, distributed)
    model.compile(loss="mae")
    x = np.random.default_rng(1).standard_normal((6, *model.input_shape[1:])).astype("float32")
    y, cache = critic.forward(x.reshape(-1, 8, 8, 1))
    right = np.abs(critic.backward(np.eye(2, dtype="float32")[[0] * len(y)], cache)[0])
    right = right.reshape(x.shape)
    for found in (model.predict(x, verbose=0), model.predict_on_batch(x)):
        np.testing.assert_allclose(found, right, rtol=1e-5, atol=1e-7)
    loss = model.evaluate(x, np.zeros_like(x), verbose=0)
    np.testing.assert_allclose(loss, right.mean(), rtol=1e-5)


class Slopes(rn.Sequential):
    """A model of one's own: dx of the sum of its layers' outputs."""

    def forward(self, inputs, training=None, mask=None):
        y, cache = super().forward(inputs, training, mask)
        return self.backward(np.ones_like(y), cache)[0], cache


def test_a_model_of_ones_own_may_go_backward_in_its_forward_pass():
    layers = [rn.Input((16,)), L.Dense(5, "tanh"), L.Dense(3)]
    right = Slopes(layers).forward(X)[0]
    np.testing.assert_array_equal(Slopes(layers).predict(X, len(X), verbose=0), right)


class Twice(L.Layer):
    def forward(self, x):
        return 2 * x, x


def test_around_a_layer_of_ones_own_nothing_is_kept():
    layers = [L.Dense(WIDTH, "tanh") for _ in range(DEPTH)]
    model = rn.Sequential([rn.Input((16,)), *layers[:-1], Twice(), layers[-1]])
    assert peak(lambda: model.predict(X, len(X), verbose=0)) < 5 * ACTIVATIONS


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
