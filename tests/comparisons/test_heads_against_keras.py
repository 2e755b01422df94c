"""Cross-entropies of saturated probabilities: Keras takes them from the logits, and so do we."""

import numpy as np
import pytest

import reference_numpy as rn
from tests.comparisons.test_training_against_keras import (
    assert_close,
    double_precision,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")
__all__ = ["double_precision"]


@pytest.mark.parametrize("nested", [False, True])
def test_saturated_outputs(nested):
    """Both halves take the loss from the logits, so that nothing is lost to rounding."""
    import keras
    from keras import layers

    for units, activation, loss, label in (
        (3, "softmax", "sparse_categorical_crossentropy", [[1]]),
        (1, "sigmoid", "binary_crossentropy", [[1.0]]),
    ):
        dense = layers.Dense(units, use_bias=False, activation=activation)
        keras_model = keras.Sequential([layers.Input((1,)), dense])
        if nested:
            keras_model = keras.Sequential([layers.Input((1,)), keras_model])
        keras_model.set_weights([np.array([[60.0, 0, 0]]) if units == 3 else np.array([[-60.0]])])
        keras_model.compile(keras.optimizers.SGD(0.5), loss)
        model = rn.models.from_keras(keras_model)
        x, y = np.ones((1, 1)), np.array(label)
        theirs = keras_model.train_on_batch(x, y)
        assert theirs == pytest.approx(60) and model.train_on_batch(x, y) == pytest.approx(theirs)
        assert_close(model.get_weights(), keras_model.get_weights(), 1e-12)


def softmax(keras, x, **options):
    return keras.layers.Dense(3, activation="softmax", **options)(x)


def logits(keras, x):
    return keras.layers.Dense(3)(x)


def nested(keras, function, shape=(2,)):
    x = keras.Input(shape)
    return keras.Model(x, function(keras, x))


def nested_deep(keras, x):
    inner = nested(keras, lambda k, y: k.layers.Identity()(nested(k, softmax)(y)))
    return keras.layers.Identity()(inner(x))


def used_twice(keras, x):
    p = softmax(keras, x)
    return [p, keras.layers.Identity(name="again")(p), keras.layers.Dense(2)(p)]


def spectral(keras, x):
    layer = keras.layers.Dense(3, activation="softmax")
    return keras.layers.SpectralNormalization(layer)(x)


#: what makes probabilities of an input; Keras finds their logits behind all of these
HEADS = {
    "Identity": lambda k, x: k.layers.Identity()(softmax(k, x)),
    "linear": lambda k, x: k.layers.Activation("linear")(softmax(k, x)),
    "Dropout": lambda k, x: k.layers.Dropout(0.0)(softmax(k, x)),
    "GaussianNoise": lambda k, x: k.layers.GaussianNoise(0.0)(softmax(k, x)),
    "ActivityRegularization": lambda k, x: k.layers.ActivityRegularization(0.0)(softmax(k, x)),
    "operation": lambda k, x: k.ops.softmax(logits(k, x), axis=1),
    "sigmoid operation": lambda k, x: k.ops.sigmoid(logits(k, x)),
    "sigmoid activation": lambda k, x: k.activations.sigmoid(logits(k, x)),
    "cast": lambda k, x: k.ops.cast(softmax(k, x), "float64"),
    "Pipeline": lambda k, x: k.layers.Pipeline([k.layers.Identity()])(softmax(k, x)),
    "nested": nested_deep,
    "nested without": lambda k, x: nested(k, lambda k, y: k.layers.Identity()(y), (3,))(
        softmax(k, x)
    ),
    "spectral": spectral,
    "penalized": lambda k, x: softmax(k, x, activity_regularizer="l2"),
    "used twice": used_twice,
}


@pytest.mark.parametrize(
    ("name", "eager"), [*((name, True) for name in HEADS), ("operation", False), ("nested", False)]
)
def test_saturated_probabilities_that_are_passed_on(name, eager):
    import keras

    x = keras.Input((2,))
    outputs = HEADS[name](keras, x)
    keras_model = keras.Model(x, outputs)
    loss = "binary_crossentropy" if "sigmoid" in name else "categorical_crossentropy"
    data, labels = np.array([[1.0, 0], [0, 1.0]]), np.eye(3)[[1, 2]]
    losses, metrics, targets = loss, [loss], labels
    if isinstance(outputs, list):
        losses = metrics = [loss, loss, "mse"]
        targets = [labels, labels, np.ones((2, 2))]
    keras_model.compile(keras.optimizers.SGD(0.5), losses, metrics=metrics, run_eagerly=eager)
    for weight in keras_model.weights:
        if weight.shape == (2, 3):
            weight.assign([[60.0, 0, -50.0], [0, 70.0, -10.0]])
    model = rn.models.from_keras(keras_model)
    found = []
    for method in ("test_on_batch", "train_on_batch", "test_on_batch"):
        theirs = getattr(keras_model, method)(data, targets, return_dict=True)
        found.append(getattr(model, method)(data, targets, return_dict=True))
        assert found[-1] == pytest.approx(theirs, rel=1e-9)
    assert found[0]["loss"] > 20  # more than clipped probabilities can tell
    assert_close(model.get_weights(), keras_model.get_weights(), 1e-9)
