"""The calls of a model's layers are found and proven one by one, whatever the graph."""

import contextlib

import keras
import numpy as np
import pytest
from keras import layers

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import layer_at, layer_calls, watched
from comparisons.harness.proof.layer_checks import keras_quantities
from comparisons.harness.proof.precision import precision
from reference_numpy.kernels import threads

GENERATOR = np.random.default_rng(2)


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


def residual():
    x = inputs = layers.Input((6,))
    shared = layers.Dense(6, activation="tanh")
    for _ in range(3):
        x = layers.Add()([x, shared(x)])
    return keras.Model(inputs, layers.Dense(2)(layers.LayerNormalization()(x)))


def nested():
    inside = keras.Sequential([layers.Input((4,)), layers.Dense(3), layers.ReLU()])
    deeper_inputs = layers.Input((4,))
    deeper = keras.Model(
        deeper_inputs, layers.Concatenate()([inside(deeper_inputs), deeper_inputs])
    )
    left, right = layers.Input((4,), name="left"), layers.Input((4,), name="right")
    joined = layers.Subtract()([deeper(left), deeper(right)])
    return keras.Model([left, right], layers.Dense(1)(joined))


def tokens():
    source, target = layers.Input((5,), dtype="int32"), layers.Input((4,), dtype="int32")
    embed = layers.Embedding(7, 6, mask_zero=True)
    _, h, c = layers.LSTM(6, return_state=True)(embed(source))
    decoded = layers.LSTM(6, return_sequences=True)(embed(target), initial_state=[h, c])
    seen = layers.MultiHeadAttention(2, 4)(decoded, embed(source))
    return keras.Model([source, target], layers.Dense(7)(seen + decoded))


MODELS = {
    "residual": (residual, lambda: GENERATOR.normal(size=(4, 6))),
    "nested": (nested, lambda: [GENERATOR.normal(size=(4, 4)), GENERATOR.normal(size=(4, 4))]),
    "tokens": (
        tokens,
        lambda: [GENERATOR.integers(0, 7, (3, 5)), GENERATOR.integers(1, 7, (3, 4))],
    ),
}


@pytest.fixture(params=MODELS)
def model(request):
    build, inputs = MODELS[request.param]
    with precision("float64"):
        theirs = build()
        ours = rn.models.from_keras(theirs)
    return request.param, ours, theirs, inputs()


def test_every_call_agrees_with_keras(model, backend):
    name, ours, theirs, x = model
    for call in layer_calls(ours, x):
        oracle = call.reference(call.layer, "float64")
        quantities = oracle.quantities()
        scale = checks.scales(oracle.quantities, quantities)
        found = keras_quantities(backend, layer_at(theirs, call.path), oracle)
        records = checks.compare_all(call.what, "Keras", "float64", quantities, found, scale)
        assert not [str(record) for record in records if not record.passed]


def test_every_layer_is_met_as_often_as_it_is_called(model):
    name, ours, theirs, x = model
    found = [call.what.partition(", ")[2] for call in layer_calls(ours, x)]
    wanted = {
        "residual": [
            *("Dense", "Add", "Dense, call 2", "Add", "Dense, call 3", "Add"),
            *("LayerNormalization", "Dense"),
        ],
        "nested": [
            *("Dense", "ReLU", "Concatenate", "Dense, call 2", "ReLU, call 2"),
            *("Concatenate, call 2", "Subtract", "Dense"),
        ],
        "tokens": [
            *("Embedding", "Embedding, call 2", "Embedding, call 3"),
            *("LSTM", "LSTM", "MultiHeadAttention", "Dense"),
        ],
    }[name]
    assert sorted(found) == sorted(wanted)


def test_the_layers_are_left_as_they_were(model):
    _, ours, _, x = model
    before = ours.get_weights()
    layer_calls(ours, x)
    assert all("forward" not in vars(layer) for layer in ours.layers)
    assert all(np.array_equal(*pair) for pair in zip(before, ours.get_weights()))


def test_a_call_is_met_once_where_cores_would_share_the_batch(monkeypatch):
    monkeypatch.setattr(threads, "_cores", lambda: 3)
    monkeypatch.setattr(threads, "WORTH_A_THREAD", 1)
    ours = rn.Sequential([rn.Input((4,)), rn.layers.Dense(3), rn.layers.Dense(2)])
    x = GENERATOR.normal(size=(6, 4)).astype("float32")
    assert [len(call.inputs[0]) for call in layer_calls(ours, x)] == [6, 6]


def test_the_steps_of_a_model_that_was_watched_are_those_of_one_that_was_not():
    """A loss of logits takes a copy of the last layer, which has to end without its softmax."""
    x, t = GENERATOR.normal(size=(6, 4)), GENERATOR.integers(0, 3, 6)

    def losses(watch):
        rn.random.set_seed(0)
        layers = rn.layers.Dense(4, "relu"), rn.layers.Dense(3, "softmax")
        model = rn.Sequential([rn.Input((4,)), *layers])
        model.compile("sgd", "sparse_categorical_crossentropy")
        with watch(model):
            first = model.train_on_batch(x, t)
        return first, model.train_on_batch(x, t)

    assert losses(watched) == losses(lambda model: contextlib.nullcontext())
