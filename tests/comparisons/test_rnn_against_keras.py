"""Recurrent layers against Keras on TensorFlow, in what one call from a config does not show."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.proof import checks
from comparisons.harness.proof.draws import numpy_draws, reseed

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(3, 5, 2))
MASK = np.array([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]], bool)
NAMES = ("SimpleRNN", "LSTM", "GRU")


@pytest.fixture(scope="module")
def backend():
    from comparisons.harness import backends

    return backends.load("tensorflow")


def assert_close(found, expected):
    record = checks.compare("rnn", "", "keras", "float64", found, expected, 1e-14)
    assert record.passed, str(record)


def pair(name, **arguments):
    """A layer of the reference and Keras's, with the same weights."""
    import keras

    ours = getattr(rn.layers, name)(dtype="float64", **arguments)
    theirs = getattr(keras.layers, name)(dtype="float64", **arguments)
    ours.forward(X)
    theirs(X)
    weights = [GENERATOR.normal(size=w.shape) for w in ours.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


@pytest.mark.parametrize("name", NAMES)
def test_states_are_kept_from_call_to_call(backend, name):
    ours, theirs = pair(name, units=3, stateful=True, return_state=True)
    ours.reset_state()
    theirs.reset_state()
    for x in (X, X[:, ::-1], X[:, :2]):
        for a, b in zip(ours(x, mask=MASK[:, : x.shape[1]]), theirs(x, mask=MASK[:, : x.shape[1]])):
            assert_close(a, np.asarray(b))
    for a, b in zip(ours.states, theirs.states, strict=True):
        assert_close(a, np.asarray(b))
    assert len(ours.weights) == len(theirs.weights)


@pytest.mark.parametrize("name", NAMES[1:])
def test_every_gate_has_a_mask_of_its_own(backend, name):
    # With Keras's default, use_cudnn="auto", the call fails: the list of masks counts as one mask.
    arguments = {"implementation": 1, "dropout": 0.4, "use_cudnn": False}
    ours, theirs = pair(name, units=3, **arguments)
    dy = GENERATOR.normal(size=(3, 3))
    reseed(ours, 5)
    y, cache = ours.forward(X, training=True, mask=MASK)
    dx, grads = ours.backward(dy, cache)

    def call(x):
        with numpy_draws(5):
            return theirs(x, training=True, mask=MASK)

    (output,), (slope,), gradients = backend.outputs_and_gradients(
        call, X, theirs.trainable_variables, [dy]
    )
    for found, expected in zip((y, dx, *grads), (output, slope, *gradients), strict=True):
        assert_close(found, expected)


@pytest.mark.parametrize("name", NAMES)
def test_cell_alone_draws_its_masks(backend, name):
    import keras

    arguments = {"units": 3, "dropout": 0.4, "recurrent_dropout": 0.3, "dtype": "float64"}
    ours = getattr(rn.layers, f"{name}Cell")(**arguments)
    theirs = getattr(keras.layers, f"{name}Cell")(**arguments)
    x, state = X[:, 0], [GENERATOR.normal(size=(3, 3)) for _ in range(1 + (name == "LSTM"))]
    theirs.build(x.shape)
    ours.forward(x, state)
    weights = [GENERATOR.normal(size=w.shape) for w in ours.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    reseed(ours, 5)
    with numpy_draws(5):
        expected, _ = theirs(x, state, training=True)
    assert_close(ours(x, state, training=True)[0], np.asarray(expected))


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"return_sequences": True},
        {"return_state": True},
        {"return_sequences": True, "return_state": True},
    ],
    ids=str,
)
def test_masks_travel_as_in_keras(backend, arguments):
    import keras

    def masks(library):
        layers = [library.layers.LSTM(3, **arguments), library.layers.GRU(3, **arguments)]
        if not arguments.get("return_state"):
            layers += [
                library.layers.Bidirectional(library.layers.LSTM(3, **arguments), merge_mode=mode)
                for mode in ("concat", None)
            ]
        return [layer.compute_mask(X, MASK) for layer in layers]

    for ours, theirs in zip(masks(rn), masks(keras), strict=True):
        np.testing.assert_equal(ours, theirs)
