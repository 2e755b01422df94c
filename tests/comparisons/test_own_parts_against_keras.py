"""Parts of somebody's own in both halves: live models and files, both ways."""

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
X, Y = GENERATOR.standard_normal((16, 4)), GENERATOR.standard_normal((16, 2))
NAMES = ("Stretch", "bend", "fourth", "Widest", "gap")


class Stretch(rn.layers.Layer):
    """y = x s + m, where the moving m is not trained; a Dense within."""

    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.dense = self.track(rn.layers.Dense(3, activation="tanh"))

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")
        self.count = self.add_weight((), "zeros", name="count", trainable=False)
        self.scale *= self.start
        self.dense.build(input_shape)

    def forward(self, x, training=False):
        if training:
            self.count += 1
        y, cache = self.dense.forward(x * self.scale)
        return y, (x, cache)

    def backward(self, dy, cache):
        x, cache = cache
        d, grads = self.dense.backward(dy, cache)
        return d * self.scale, [(d * x).sum(0), *grads]

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 3)


class Bend(rn.activations.ActivationFunction):
    def forward(self, x):
        return x / (1 + x**2), x

    def backward(self, dy, x):
        return dy * (1 - x**2) / (1 + x**2) ** 2


class Fourth(rn.losses.Loss):
    def forward(self, y_true, y_pred):
        d = y_pred - y_true
        return (d**4).mean(-1), d

    def backward(self, dvalues, d):
        return dvalues[..., None] * 4 * d**3 / d.shape[-1]


class Widest(rn.metrics.Metric):
    def __init__(self, name="widest", dtype=None):
        super().__init__(name, dtype)
        self.value = self.add_variable()

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value[...] = max(float(self.value), np.abs(y_true - y_pred).max())

    def result(self):
        return float(self.value)


def gap(y_true, y_pred):
    return np.abs(y_true - y_pred).max(-1)


OURS = dict(zip(NAMES, (Stretch, Bend, Fourth, Widest, gap), strict=True))
for key, part in OURS.items():
    rn.register("house", key)(part)


def keras_parts():
    import keras
    from keras import ops

    class Stretch(keras.layers.Layer):
        def __init__(self, start=1.0, **kwargs):
            super().__init__(**kwargs)
            self.start = start
            self.dense = keras.layers.Dense(3, activation="tanh")

        def build(self, input_shape):
            start = keras.initializers.Constant(self.start)
            self.scale = self.add_weight((input_shape[-1],), start, name="scale")
            self.count = self.add_weight((), "zeros", name="count", trainable=False)
            self.dense.build(input_shape)

        def call(self, x, training=False):
            if training:
                self.count.assign_add(1)
            return self.dense(x * self.scale)

        def get_config(self):
            return {**super().get_config(), "start": self.start}

    def bend(x):
        return x / (1 + x**2)

    def fourth(y_true, y_pred):
        return ops.mean((y_pred - y_true) ** 4, -1)

    class Widest(keras.metrics.Metric):
        def __init__(self, name="widest", **kwargs):
            super().__init__(name=name, **kwargs)
            self.value = self.add_variable((), "zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            found = ops.max(ops.abs(y_true - y_pred))
            self.value.assign(ops.maximum(self.value, ops.cast(found, self.value.dtype)))

        def result(self):
            return self.value

    def gap(y_true, y_pred):
        return ops.max(ops.abs(y_true - y_pred), -1)

    return dict(zip(NAMES, (Stretch, bend, fourth, Widest, gap), strict=True))


def model_of(parts):
    import keras
    from keras import layers

    x = keras.Input((4,))
    h = layers.Dense(4, activation=parts["bend"])(parts["Stretch"](0.5)(x))
    model = keras.Model(x, layers.Dense(2)(layers.Activation(parts["bend"])(h)))
    model.compile("adam", parts["fourth"], metrics=[parts["Widest"](), parts["gap"]])
    model.fit(X, Y, **OPTIONS)
    return model


@pytest.mark.parametrize("how", ["live", "file"])
@pytest.mark.parametrize("registered", [True, False])
def test_taken_over_trained_and_given_back(how, registered, tmp_path):
    import keras

    parts = keras_parts()
    if registered:
        for name, part in parts.items():
            keras.saving.register_keras_serializable("house", name)(part)
    theirs = model_of(parts)
    path, objects = tmp_path / "keras.keras", None if registered else OURS
    theirs.save(path)
    if how == "live":
        model = rn.models.from_keras(theirs, custom_objects=objects)
    else:
        model = rn.models.load_model(path, custom_objects=objects)
    assert_close(model(X), theirs(X), 1e-12)
    assert_same_history(model.fit(X, Y, **OPTIONS), theirs.fit(X, Y, **OPTIONS))
    assert_close(model.get_weights(), theirs.get_weights())
    model.save(tmp_path / "numpy.keras")
    named = {f"house>{name}": part for name, part in parts.items()}
    again = keras.models.load_model(tmp_path / "numpy.keras", custom_objects=named)
    assert_close(again(X), model(X), 1e-12)
    assert_same_history(model.fit(X, Y, **OPTIONS), again.fit(X, Y, **OPTIONS))


def test_a_live_part_that_is_not_registered():
    import keras

    class Strange(keras.layers.Layer):
        def call(self, x):
            return x

    x = keras.Input((4,))
    theirs = keras.Model(x, Strange()(x))
    with pytest.raises(
        ValueError, match=r"'Strange'.* is a class of the author's own.*rn\.register"
    ):
        rn.models.from_keras(theirs)
    theirs = keras.Model(x, keras.layers.Dense(2)(x))

    def strange(y_true, y_pred):
        return y_pred - y_true

    theirs.compile("sgd", strange)
    with pytest.raises(ValueError, match="'strange' is a function of the .*compile=False"):
        rn.models.from_keras(theirs)
    assert not rn.models.from_keras(theirs, compile=False).compiled
