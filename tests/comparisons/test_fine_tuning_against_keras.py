"""Layers frozen or thawed between training and taking over: what the optimizer's state is of."""

import numpy as np
import pytest

import reference_numpy as rn
from tests.comparisons.test_training_against_keras import (
    OPTIONS,
    assert_close,
    assert_same_history,
    double_precision,
)

__all__ = ["double_precision"]  # a fixture for every test here

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.standard_normal((16, 4)), GENERATOR.standard_normal((16, 1))


def freeze_all(model):
    model.trainable = False


def freeze_body(model):
    model.get_layer("body").trainable = False


def freeze_head(model):
    model.get_layer("head").trainable = False


def freeze_one_of_the_body(model):
    model.get_layer("body").get_layer("first").trainable = False


def change_sides(model):
    model.get_layer("body").trainable = False
    model.get_layer("head").trainable = True


CHANGES = [freeze_body, freeze_head, freeze_one_of_the_body, change_sides]
OPTIMIZERS = {
    "adam": lambda o: o.Adam(0.01),
    "momentum": lambda o: o.SGD(0.1, momentum=0.9),
    "rmsprop": lambda o: o.RMSprop(0.01, centered=True, weight_decay=0.01),
    "accumulation": lambda o: o.Adam(0.01, gradient_accumulation_steps=2),
    "scaled": lambda o: o.LossScaleOptimizer(o.Adam(0.01)),
}


def trained(optimizer="adam"):
    """A model that was compiled and has done two steps."""
    import keras
    from keras import layers

    body = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, activation="tanh", name="first"),
            layers.BatchNormalization(),
        ],
        name="body",
    )
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(1, name="head")(body(x)))
    if optimizer == "thawed later":
        body.trainable = False
        optimizer = "adam"
    # Eagerly: the step that Keras compiles goes on with what was trainable at its first call.
    model.compile(OPTIMIZERS[optimizer](keras.optimizers), "mse", run_eagerly=True)
    model.fit(X, Y, **OPTIONS)
    return model


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_live_model_keeps_the_state_of_what_is_still_trained(change, optimizer):
    theirs = trained(optimizer)
    change(theirs)
    model = rn.models.from_keras(theirs)
    assert model.optimizer.iterations == int(theirs.optimizer.iterations)
    assert len(model.optimizer.variables) == len(theirs.optimizer.variables)
    assert_same_history(model.fit(X, Y, **OPTIONS), theirs.fit(X, Y, **OPTIONS))
    assert_close(model.get_weights(), theirs.get_weights())
    state = [np.asarray(variable) for variable in theirs.optimizer.variables]
    assert_close([variable.value for variable in model.optimizer.variables], state)


@pytest.mark.parametrize("change", [freeze_body, freeze_head, freeze_one_of_the_body])
def test_a_file_begins_a_new_state_as_in_keras(change, tmp_path):
    import keras

    theirs = trained()
    change(theirs)
    theirs.save(tmp_path / "keras.keras")
    with pytest.warns(UserWarning, match=r"is not read.*frozen or thawed"):
        model = rn.models.load_model(tmp_path / "keras.keras")
    with pytest.warns(UserWarning, match="Skipping variable loading"):
        theirs = keras.models.load_model(tmp_path / "keras.keras")
    assert_same_history(model.fit(X, Y, **OPTIONS), theirs.fit(X, Y, **OPTIONS))
    assert_close(model.get_weights(), theirs.get_weights())


def test_a_model_frozen_whole():
    """Nothing is left to train; Keras's optimizer stumbles over that, the weights are right."""
    theirs = trained()
    freeze_all(theirs)
    model = rn.models.from_keras(theirs)
    with pytest.warns(UserWarning, match="no weights that are trained"):
        model.fit(X, Y, **OPTIONS)
    assert_close(model.get_weights(), theirs.get_weights(), 0)


def test_a_live_model_thawed_is_to_be_compiled_again():
    theirs = trained("thawed later")
    theirs.get_layer("body").trainable = True
    model = rn.models.from_keras(theirs)
    assert model.optimizer.iterations == int(theirs.optimizer.iterations) == 2
    assert_close(model(X), theirs(X), 1e-12)
    with pytest.raises(ValueError, match="compile the model again"):
        model.fit(X, Y, **OPTIONS)


def test_an_optimizer_of_another_model():
    theirs, other = trained(), trained()
    theirs.compile(other.optimizer, "mse")
    with pytest.raises(ValueError, match="trains weights that are not the model's"):
        rn.models.from_keras(theirs)
    assert not rn.models.from_keras(theirs, compile=False).compiled
