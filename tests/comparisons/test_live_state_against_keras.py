"""What a live Keras model holds and no config tells: `from_keras` reads the objects themselves."""

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

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
    pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`"),
]
GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.standard_normal((16, 4)), 5 * GENERATOR.standard_normal((16, 2))


def network(loss="mse", optimizer="sgd", change=None, **first):
    """A compiled model of two layers; `change` does something to it before it is compiled."""
    import keras

    layers = [keras.layers.Dense(3, name="first", **first), keras.layers.Dense(2, name="last")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    if change is not None:
        change(model.layers[0])
    metrics = [keras.metrics.CosineSimilarity(axis=0)]
    model.compile(optimizer, loss, metrics=metrics, run_eagerly=True)
    return model


def trains_alike(keras_model):
    model = rn.models.from_keras(keras_model)
    theirs = keras_model.fit(X, Y, epochs=2, **OPTIONS)
    assert_same_history(model.fit(X, Y, epochs=2, **OPTIONS), theirs)
    assert_close(model.get_weights(), keras_model.get_weights())


def test_arguments_of_losses_and_metrics():
    import keras

    trains_alike(network(keras.losses.Huber(delta=3.0)))
    trains_alike(network([keras.losses.CosineSimilarity(axis=0)]))
    model = rn.models.from_keras(network(keras.losses.MeanSquaredError(dtype="float32")))
    model.evaluate(X, Y, verbose=0)
    assert model.compile_loss.terms[0].loss.compute_dtype == "float32"


def test_weights_left_out_of_weight_decay(tmp_path):
    import keras

    for chosen in ("names", "list"):
        optimizer = keras.optimizers.SGD(0.0625, weight_decay=0.5)
        keras_model = network(optimizer=optimizer)
        keras_model.layers[0].bias.assign([5.0, 5.0, 5.0])
        if chosen == "names":
            optimizer.exclude_from_weight_decay(var_names=["first", "bias"])
        else:
            optimizer.exclude_from_weight_decay(var_list=[keras_model.layers[0].bias])
        model = rn.models.from_keras(keras_model)
        trains_alike(keras_model)
        with pytest.warns(UserWarning, match="leaves out of weight decay: call"):
            model.save(tmp_path / f"{chosen}.keras")


def test_what_the_weights_say_of_penalties_and_constraints():
    import keras

    def too_late(layer):  # which has no effect in Keras
        layer.kernel_regularizer = keras.regularizers.L2(3.0)

    def of_the_weight(layer):
        layer.kernel.regularizer = keras.regularizers.L1(0.5)

    def off(layer):
        layer.kernel.regularizer = None

    def constrained(layer):
        layer.kernel.constraint = keras.constraints.NonNeg()

    trains_alike(network(change=too_late))
    trains_alike(network(change=of_the_weight))
    trains_alike(network(change=off, kernel_regularizer="l2"))
    trains_alike(network(change=constrained))


def test_a_weight_that_is_frozen_alone_is_refused():
    def freeze(layer):
        layer.kernel.trainable = False

    with pytest.raises(ValueError, match="first/kernel' is frozen or thawed by itself"):
        rn.models.from_keras(network(change=freeze))


def test_functions_as_activations_by_what_they_compute():
    import keras
    import tensorflow as tf

    def relu(x):
        return 2 * keras.ops.relu(x)

    for function in (
        *(keras.ops.gelu, keras.ops.relu, keras.ops.leaky_relu, keras.ops.silu),
        *(tf.nn.gelu, tf.nn.relu, tf.tanh, keras.activations.gelu),
    ):
        keras_model = network(activation=function)
        assert_close(rn.models.from_keras(keras_model)(X), keras_model(X), 1e-7)
    with pytest.raises(
        ValueError, match="'first' is the function .*relu, which computes something"
    ):
        rn.models.from_keras(network(activation=relu))
    with pytest.raises(ValueError, match="'first' is a lambda"):
        rn.models.from_keras(network(activation=lambda x: x))
    x = keras.Input((3, 4))
    layer = keras.layers.Bidirectional(keras.layers.LSTM(2, activation=keras.ops.gelu))
    keras_model = keras.Model(x, layer(x))
    data = GENERATOR.standard_normal((2, 3, 4))
    assert_close(rn.models.from_keras(keras_model)(data), keras_model(data), 1e-7)


def test_functions_of_ones_own_under_names_of_keras():
    import keras

    def mse(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), -1)

    keras_model = network(loss=mse)
    with pytest.raises(ValueError, match=r"mse, a loss or a metric of the model, is not Keras's"):
        rn.models.from_keras(keras_model)
    keras_model.compile("sgd", "mse", metrics=[["mae", mse]])
    with pytest.raises(ValueError, match=r"mse, a loss or a metric of the model, is not Keras's"):
        rn.models.from_keras(keras_model)
    assert_close(rn.models.from_keras(keras_model, compile=False)(X), keras_model(X))


def test_another_optimizer_than_the_model_was_compiled_with():
    import keras

    keras_model = network()
    keras_model.optimizer = keras.optimizers.SGD(0.5)
    with pytest.raises(ValueError, match="given another optimizer than it was compiled with"):
        rn.models.from_keras(keras_model)
    keras_model = network()
    keras_model.optimizer.learning_rate = 0.25
    trains_alike(keras_model)


@pytest.mark.parametrize("scaled", [True, False])
def test_whether_the_loss_is_scaled(scaled):
    import keras

    keras_model = network()
    keras_model.dtype_policy = "mixed_float16"
    keras_model.compile("sgd", "mse", auto_scale_loss=scaled)
    model = rn.models.from_keras(keras_model)
    assert isinstance(keras_model.optimizer, keras.optimizers.LossScaleOptimizer) == scaled
    assert isinstance(model.optimizer, rn.optimizers.LossScaleOptimizer) == scaled


def test_the_states_of_recurrent_layers():
    import keras
    from keras import layers

    x = keras.Input(batch_shape=(2, 3, 4))
    layer = layers.Bidirectional(layers.LSTM(2, stateful=True, return_sequences=True))
    keras_model = keras.Sequential([x, keras.Model(x, layer(x)), layers.GRU(2, stateful=True)])
    data = GENERATOR.standard_normal((2, 3, 4))
    keras_model.predict(data, verbose=0)
    model = rn.models.from_keras(keras_model)
    for _ in range(2):
        assert_close(model.predict(data, verbose=0), keras_model.predict(data, verbose=0))


def test_a_file_that_does_not_say_it_is_read_with_a_warning(tmp_path):
    """In one line each; a file of this package says it, and Keras reads that."""
    import keras

    keras_model, path = network(keras.losses.Huber(delta=3.0)), tmp_path / "model.keras"
    model = rn.models.from_keras(keras_model)
    keras_model.save(path)
    with pytest.warns(UserWarning) as told:
        rn.models.load_model(path)
    assert [str(warning.message).partition(",")[0] for warning in told] == [
        "The config of Huber does not say its `delta`",
        "The config of CosineSimilarity does not say its `axis`",
    ]
    model.save(path)
    expected = keras_model.evaluate(X, Y, verbose=0)
    for again in (rn.models.load_model(path), keras.models.load_model(path)):
        assert_close(again.evaluate(X, Y, verbose=0), expected)
