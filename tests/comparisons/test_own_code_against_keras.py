"""Live Keras models that compute something by code of their own."""

import numpy as np
import pytest

import reference_numpy as rn
from tests.comparisons.test_training_against_keras import (
    OPTIONS,
    assert_close,
    assert_same_history,
    double_precision,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
__all__ = ["double_precision"]


def test_a_subclassed_model_is_refused():
    import keras

    class Own(keras.Model):
        def call(self, x):
            return x

        def get_config(self):
            return {}

    with pytest.raises(ValueError, match="code of its own"):
        rn.models.from_keras(Own(name="own"))


def test_a_constructor_of_ones_own_is_told_what_to_do():
    import keras

    class Own(keras.Model):
        def __init__(self, units):
            x = keras.Input((4,))
            super().__init__(x, keras.layers.Dense(units)(x))

    keras_model = Own(2)
    with pytest.raises(ValueError, match=r"Take over `keras.Model\(model.inputs, model.outputs\)`"):
        rn.models.from_keras(keras_model)
    model = rn.models.from_keras(keras.Model(keras_model.inputs, keras_model.outputs))
    assert_close(model(np.ones((2, 4))), keras_model(np.ones((2, 4))))


def own_models():
    """Models with a method of their own in place of Keras's, and that method's name."""
    import keras

    def subclass(base, **methods):
        return type("Own", (base,), methods)

    def functional(cls):
        x = keras.Input((4,))
        return cls(x, keras.layers.Dense(1, name="last")(x))

    def own(self, *args, **kwargs):
        raise AssertionError("nobody is to call this")

    model, layer = keras.Model, keras.layers.Dense
    for name in (
        *("train_step", "test_step", "compute_loss", "compute_metrics", "make_train_function"),
        *("fit", "get_metrics_result", "reset_metrics"),
    ):
        yield name, functional(subclass(model, **{name: own})), False
    yield "metrics", functional(subclass(model, metrics=property(lambda self: []))), False
    for name in ("call", "__call__", "compute_mask"):
        yield name, functional(subclass(subclass(model), **{name: own})), True
    mixin = type("Mixin", (), {"train_step": own})
    yield "train_step", functional(type("Own", (mixin, model), {})), False
    sequential = subclass(keras.Sequential, call=own)
    yield "call", sequential([keras.Input((4,)), layer(1)]), True
    patched = functional(model)
    patched.train_step = own
    yield "train_step", patched, False
    inside = functional(model)
    inside.get_layer("last").call = own
    yield "call", inside, True


def test_methods_of_ones_own_are_refused_by_name():
    import keras

    for name, keras_model, needed in own_models():
        keras_model.compile("sgd", "mse")
        with pytest.raises(ValueError, match=rf"code of its own in {name}"):
            rn.models.from_keras(keras_model)
        if needed:
            with pytest.raises(ValueError, match=rf"code of its own in {name}"):
                rn.models.from_keras(keras_model, compile=False)
        else:
            model = rn.models.from_keras(keras_model, compile=False)
            x = np.ones((2, 4))
            assert_close(model(x), keras.Model.__call__(keras_model, x))


def test_a_subclass_that_only_adds_is_taken():
    import keras

    class Named(keras.Model):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.note = print

        def compile(self, *args, **kwargs):
            super().compile(*args, **kwargs)

        def score(self, x):
            return self.predict(x, verbose=0)

    x = keras.Input((4,))
    keras_model = Named(x, keras.layers.Dense(1)(x))
    keras_model.compile("sgd", "mse")
    model = rn.models.from_keras(keras_model)
    data, targets = np.ones((8, 4)), np.ones((8, 1))
    assert_same_history(
        model.fit(data, targets, **OPTIONS), keras_model.fit(data, targets, **OPTIONS)
    )
