"""A model that was trained is copied, and pickled, whole: the copy goes on as the model does."""

import copy
import pickle

import numpy as np
import pytest

import reference_numpy as rn


def pickled(model):
    return pickle.loads(pickle.dumps(model))


def of_two_branches():
    x = rn.Input((6, 6, 1))
    h = rn.layers.Conv2D(3, 3, activation="relu")(x)
    left = rn.layers.Flatten()(rn.layers.MaxPooling2D()(h))
    right = rn.layers.Dropout(0.5)(rn.layers.Flatten()(x))
    both = rn.layers.Add()([rn.layers.Dense(4)(left), rn.layers.Dense(4)(right)])
    return rn.Model(x, rn.layers.Dense(3, activation="softmax")(both))


def masked():
    layers = [rn.layers.Embedding(7, 4, mask_zero=True), rn.layers.LSTM(5)]
    return rn.Sequential([rn.Input((4,), dtype="int32"), *layers, rn.layers.Dense(3, "softmax")])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickled])
@pytest.mark.parametrize("build", [of_two_branches, masked])
def test_a_copy_takes_the_step_that_the_model_takes_and_shares_no_weight(build, duplicate):
    rn.random.set_seed(0)
    model, generator = build(), np.random.default_rng(0)
    if build is masked:
        x = generator.integers(0, 7, (8, 4))
    else:
        x = generator.random((8, 6, 6, 1), dtype="float32")
    y = generator.integers(0, 3, 8)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.train_on_batch(x, y)
    before = model.get_weights()
    other = duplicate(model)
    loss = other.train_on_batch(x, y)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert model.train_on_batch(x, y) == loss
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    assert other.optimizer.iterations == 2
