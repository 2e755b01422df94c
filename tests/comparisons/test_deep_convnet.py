"""The full preset's network answers by nine views of an image."""

import keras
import numpy as np
import pytest

from comparisons import deep_convnet
from comparisons.harness import catalogue

HALVES = {"numpy": catalogue.reference_half, "keras": catalogue.keras_half}


class ByPlace:
    """Says of an image the digit of the column where its one bright pixel stands."""

    def __init__(self, views):
        self.views = views

    def predict(self, x, batch_size, verbose):
        return np.where(x.max(axis=(1, 3)) > 0, 30.0, 0.0)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(
    ("views", "expected"), [(0, [0, 1, 0, 0]), (1, [1 / 3] * 3 + [0])], ids=["one", "nine"]
)
def test_an_answer_is_the_mean_over_moved_images(half, views, expected):
    x = np.zeros((1, 4, 4, 1), "float32")
    x[0, 2, 1] = 1.0
    answer = HALVES[half]("deep_convnet").predict(ByPlace(views), x)
    np.testing.assert_allclose(answer, [expected], atol=1e-6)


def test_what_moves_beyond_the_border_is_lost():
    x = np.zeros((1, 4, 4, 1), "float32")
    x[0, 0, 1] = 1.0
    answer = HALVES["numpy"]("deep_convnet").predict(ByPlace(1), x)
    np.testing.assert_allclose(answer, [[11 / 36, 11 / 36, 11 / 36, 1 / 12]], atol=1e-6)


def test_both_halves_answer_alike():
    keras.utils.set_random_seed(0)
    options = deep_convnet.VARIANTS[deep_convnet.NORMALIZED] | {"views": 1}
    ours, theirs = (get("deep_convnet") for get in HALVES.values())
    model, twin = ours.build_model(**options), theirs.build_model(**options)
    model.set_weights([np.array(w) for w in twin.get_weights()])
    x = np.random.default_rng(0).random((5, 14, 14, 1)).astype("float32")
    answer = ours.predict(model, x)
    np.testing.assert_allclose(theirs.predict(twin, x), answer, atol=1e-5)
    model.views = 0
    assert np.abs(ours.predict(model, x) - answer).max() > 1e-2
