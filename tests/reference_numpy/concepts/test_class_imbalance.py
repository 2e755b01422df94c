"""Class weights, scores and resampling beside scikit-learn's and the library's."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.concepts.class_imbalance import class_weights, precision_recall, resample

KIND = np.array([0, 0, 2, 0, 1, 0, 0, 0, 1, 0])


def test_class_weights_are_scikit_learns():
    from sklearn.utils.class_weight import compute_class_weight

    expected = compute_class_weight("balanced", classes=np.arange(3), y=KIND)
    np.testing.assert_allclose(class_weights(np.eye(3)[KIND]), expected, rtol=1e-15)


def test_fit_weighs_the_samples_by_their_class():
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(10, 4)), np.eye(3)[KIND]
    weights, found = class_weights(y), []
    ways = {"class_weight": dict(enumerate(weights))}, {"sample_weight": weights[KIND]}
    for way in ways:
        model = rn.Sequential([rn.Input((4,)), rn.layers.Dense(3, activation="softmax")])
        model.compile("sgd", "categorical_crossentropy")
        model.set_weights([np.ones((4, 3)) * [1, 2, 3], np.zeros(3)])
        model.fit(x, y, epochs=1, batch_size=10, verbose=0, **way)
        found.append(model.get_weights()[0])
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7])
def test_precision_and_recall_are_scikit_learns(threshold):
    from sklearn.metrics import precision_score, recall_score

    generator = np.random.default_rng(1)
    y, p = np.arange(30) % 3 // 2 * 1.0, generator.random(30)
    expected = [score(y, p > threshold) for score in (precision_score, recall_score)]
    np.testing.assert_allclose(precision_recall(y, p, threshold), expected, rtol=1e-15)


def test_resampling_makes_the_classes_equal():
    over, under = (resample(KIND, size, np.random.default_rng(2)) for size in (7, 1))
    assert np.bincount(KIND[over]).tolist() == [7, 7, 7]
    assert set(over) == set(range(10))  # here every row is drawn, those of class 0 once each
    assert np.bincount(KIND[under]).tolist() == [1, 1, 1]
