"""The same training steps in both halves, by `fit` or by a loop of one's own."""

import types

import keras
import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends, model_checks, training_checks
from comparisons.harness.concept import Preset, Settings, Task
from comparisons.harness.datasets import Dataset

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(40, 5)).astype("float32")
Y = np.tanh(X[:, :2] @ np.array([[1.0, -1.0], [0.5, 2.0]])).astype("float32")
DATA = Dataset(X, Y, X, Y, X, Y, ("numbers", "数値"))


def build(library, rate=0.1, momentum=0.9):
    model = library.Sequential(
        [library.layers.Input((5,)), library.layers.Dense(6, "tanh"), library.layers.Dense(2)]
    )
    model.compile(library.optimizers.SGD(rate, momentum=momentum), "mean_squared_error")
    return model


def reference_loop(model, data, generator, batch_size):
    """Noise on the inputs; forward, loss, backward, update."""
    while True:
        chosen = generator.integers(0, len(data.y_train), batch_size)
        noise = 0.1 * generator.standard_normal((batch_size, 5))
        x = data.x_train[chosen]
        x, t = x + noise.astype(x.dtype), data.y_train[chosen]
        y, cache = model.forward(x, training=True)
        _, grads = model.backward(2 * (y - t) / y.size, cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": np.mean((y - t) ** 2)}


def keras_loop(model, data, generator, batch_size):
    """The same by `train_on_batch`."""
    while True:
        chosen = generator.integers(0, len(data.y_train), batch_size)
        noise = 0.1 * generator.standard_normal((batch_size, 5))
        x = data.x_train[chosen]
        yield {"loss": model.train_on_batch(x + noise.astype(x.dtype), data.y_train[chosen])}


@pytest.fixture(scope="module", autouse=True)
def backend():
    return backends.load("tensorflow")


@pytest.fixture
def prove(monkeypatch):
    """A function that proves the steps, parts of the Keras half replaced."""

    def proven(train="", **replaced):
        ours = types.SimpleNamespace(build_model=lambda **a: build(rn, **a), loop=reference_loop)
        theirs = {"build_model": lambda **a: build(keras, **a), "loop": keras_loop, **replaced}
        theirs = types.SimpleNamespace(**theirs)
        for module in (model_checks, training_checks):
            monkeypatch.setattr(module, "reference_half", lambda _: ours)
            monkeypatch.setattr(module, "keras_half", lambda _: theirs)
        arguments = proven.arguments
        task = Task(
            lambda settings, seed: DATA,
            {"default": Preset(1, 8)},
            variants={"model": arguments},
            train=train,
        )
        return training_checks.check("concept", task, Settings(), "keras-tensorflow")

    proven.arguments = {}
    return proven


@pytest.mark.parametrize("train", ["", "loop"])
def test_equal_training_is_proven_to_the_last_step(prove, train):
    records = prove(train)
    assert not [str(record) for record in records if not record.passed]
    steps = {record.where.partition("[")[0].rpartition(" ")[2] for record in records}
    assert steps == {"1", "50"}
    assert {record.dtype for record in records} == {"float64", "float32"}


@pytest.mark.parametrize("train", ["", "loop"])
def test_a_rate_that_is_one_part_in_ten_thousand_off_is_found(prove, train):
    records = prove(train, build_model=lambda: build(keras, rate=0.1 * (1 + 1e-4)))
    for dtype in ("float64", "float32"):
        assert not all(record.passed for record in records if record.dtype == dtype)


def test_draws_in_another_order_are_found(prove):
    def other(model, data, generator, batch_size):
        generator.random()
        yield from keras_loop(model, data, generator, batch_size)

    assert not all(record.passed for record in prove("loop", loop=other))


def test_the_proof_ends_where_rounding_takes_over(prove):
    prove.arguments = {"rate": 2.0, "momentum": 0.9}
    records = prove()
    assert records
    assert not [str(record) for record in records if not record.passed]
    assert all("rounding decides" in record.reason for record in records)
