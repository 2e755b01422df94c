"""The textbook's model trains as the library's does, on every model that it can build."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.bench.models import MODELS
from comparisons.harness.bench.textbook import Textbook

STEPS, BATCH = 3, 6
CAN_BE_BUILT = [name for name, model in MODELS.items() if model.textbook]


@pytest.fixture
def data():
    generator = np.random.default_rng(0)

    def drawn(shape, dtype):
        x = generator.random((STEPS * BATCH, *shape), dtype)
        return x, generator.integers(0, 10, len(x))

    return drawn


@pytest.mark.parametrize("name", CAN_BE_BUILT)
def test_it_is_the_same_training(name, data):
    declared = MODELS[name]
    rn.random.set_seed(0)
    library = declared.build(rn)
    x, y = data(library.input_shape[1:], "float32")
    plain = Textbook(library, declared.optimizer)
    library.compile(declared.optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = [w.copy() for w in library.get_weights()]
    for at in range(0, len(x), BATCH):
        rows = slice(at, at + BATCH)
        expected = library.train_on_batch(x[rows], y[rows])
        found = plain.train_on_batch(x[rows], y[rows])
        np.testing.assert_allclose(found[0], np.ravel(expected)[0], rtol=1e-4)
    weights = [w for step in plain.steps for w in step.weights]
    for found, expected, before in zip(weights, library.get_weights(), start, strict=True):
        assert found.dtype == "float32"
        moved = np.abs(expected - before).max()
        assert moved > 0
        # Adam divides by the root of the squares: where a gradient is near 0, rounding moves a
        # weight by a good part of a step.
        assert np.abs(found - expected).mean() < 0.01 * moved
    np.testing.assert_allclose(
        plain.predict(x, 5), library.predict(x, batch_size=5, verbose=0), atol=1e-4
    )


def test_an_epoch_sees_every_sample_once(data, monkeypatch):
    plain = Textbook(MODELS["M1"].build(rn), "sgd")
    x, y = data((784,), "float32")
    seen = []
    monkeypatch.setattr(plain, "train_on_batch", lambda x, y: seen.append(x[:, 0]) or (0.0, 0.0))
    plain.fit(x, y, 4)
    assert list(map(len, seen)) == [4, 4, 4, 4, 2]
    assert np.array_equal(np.sort(np.concatenate(seen)), np.sort(x[:, 0]))


def test_a_layer_that_no_concept_writes_out(data):
    with pytest.raises(ValueError, match="no concept writes out LayerNormalization"):
        Textbook(rn.Sequential([rn.Input((3,)), rn.layers.LayerNormalization()]), "sgd")
