"""Whole training runs against Keras's `fit` on TensorFlow, in float64."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy import tree
from tests.comparisons.model_cases import CASES, mlp, named_outputs

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])
# Batches that divide the data: Keras on TensorFlow averages the losses of single outputs over
# batches, not samples, where the last batch may be smaller
# (docs/keras-divergences.md#losses-of-single-outputs-with-a-smaller-last-batch).
OPTIONS = {"shuffle": False, "batch_size": 8, "verbose": 0}
TOLERANCE = 1e-6

pytestmark = [
    pytest.mark.filterwarnings("ignore:Gradients do not exist"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
]


@pytest.fixture(autouse=True)
def double_precision():
    set_precision("float64")
    yield
    set_precision("float32")


def set_precision(dtype):
    """Make models of both halves in `dtype` from here on, with Keras's draws from a seed."""
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)  # Keras keeps the policy that the first layer found
    rn.config.set_floatx(dtype)
    keras.utils.set_random_seed(0)


def assert_close(ours, theirs, tolerance=TOLERANCE):
    for mine, other in zip(tree.flatten(ours), tree.flatten(theirs), strict=True):
        np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)


def assert_same_history(ours, theirs):
    assert list(ours.history) == list(theirs.history)
    for name in theirs.history:
        np.testing.assert_allclose(
            ours.history[name], theirs.history[name], rtol=TOLERANCE, atol=TOLERANCE, err_msg=name
        )


@BY_CASE
def test_a_training_run(case):
    keras_model, x, y, options = case()
    model = rn.models.from_keras(keras_model)
    assert_close(model(x), keras_model(x), 1e-12)
    before = keras_model.get_weights()
    theirs = keras_model.fit(x, y, epochs=3, **OPTIONS, **options)
    ours = model.fit(x, y, epochs=3, **OPTIONS, **options)
    assert_same_history(ours, theirs)
    assert_close(model.get_weights(), keras_model.get_weights())
    assert any((a != b).any() for a, b in zip(before, keras_model.get_weights(), strict=True))


@pytest.mark.parametrize("case", [mlp, named_outputs], ids=["mlp", "named_outputs"])
def test_single_batches_and_evaluation(case):
    keras_model, x, y, options = case()
    model = rn.models.from_keras(keras_model)
    weights = {"sample_weight": options["sample_weight"]} if "sample_weight" in options else {}
    for method in ("test_on_batch", "train_on_batch"):
        theirs = getattr(keras_model, method)(x, y, **weights)
        assert_close(getattr(model, method)(x, y, **weights), theirs)
    for return_dict in (False, True):
        evaluation = {"batch_size": 8, "verbose": 0, "return_dict": return_dict, **weights}
        theirs = keras_model.evaluate(x, y, **evaluation)
        assert_close(model.evaluate(x, y, **evaluation), theirs)
    assert_close(model.predict(x, verbose=0), keras_model.predict(x, verbose=0))
    assert_close(model.get_weights(), keras_model.get_weights())


def plain(config):
    """A config as JSON gives it, without what Keras adds while it calls layers."""
    if isinstance(config, dict):
        # Keras leaves out Huber's delta
        # (docs/keras-divergences.md#arguments-that-a-losss-config-loses).
        left_out = ("build_config", "delta")
        config = {key: plain(value) for key, value in config.items() if key not in left_out}
        for node in config.get("inbound_nodes", ()):
            node["kwargs"] = {k: v for k, v in node["kwargs"].items() if v is not None}
        return config
    return [plain(item) for item in config] if isinstance(config, (list, tuple)) else config


@BY_CASE
def test_the_config_is_keras_own(case):
    import keras

    keras_model, *_ = case()
    theirs = plain(json.loads(json.dumps(keras.saving.serialize_keras_object(keras_model))))
    ours = plain(json.loads(json.dumps(rn.models.from_keras(keras_model).serialize())))
    assert ours == theirs


def generator(x, y):
    """Endless batches of 8."""
    while True:
        for start in range(0, len(x), 8):
            yield x[start : start + 8], y[start : start + 8]


def dataset(x, y):
    """A `PyDataset` of batches of 8, which tells of its epochs."""
    import keras

    class Batches(keras.utils.PyDataset):
        epochs = 0

        def __len__(self):
            return len(x) // 8

        def __getitem__(self, index):
            return x[8 * index : 8 * index + 8], y[8 * index : 8 * index + 8]

        def on_epoch_end(self):
            self.epochs += 1

    return Batches()


def pipeline(x, y):
    """A `tf.data.Dataset`."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((x, y)).batch(8)


@pytest.mark.parametrize("steps", [None, 2])
@pytest.mark.parametrize("source", [generator, dataset, pipeline])
def test_batches_that_come_from_outside(source, steps):
    keras_model, x, y, _ = mlp()
    model = rn.models.from_keras(keras_model)
    count = len(x) // 8
    options = {"shuffle": False, "epochs": 2, "verbose": 0, "steps_per_epoch": steps}
    if source is generator:
        options["steps_per_epoch"] = steps or count
    theirs = keras_model.fit(source(x, y), validation_data=pipeline(x, y), **options)
    ours = model.fit(source(x, y), validation_data=pipeline(x, y), **options)
    assert_same_history(ours, theirs)
    assert_close(model.get_weights(), keras_model.get_weights())
    if source is not generator:
        assert_close(
            model.evaluate(source(x, y), verbose=0), keras_model.evaluate(source(x, y), verbose=0)
        )
        assert_close(model.predict(source(x, y), verbose=0), model.predict(x, verbose=0))


def pair(x, y):
    """Arrays."""
    return x, y


@pytest.mark.parametrize("source", [pair, dataset, pipeline, generator])
def test_every_validation_begins_at_the_beginning(source):
    """Of five batches two are asked for: the first two in each epoch."""
    keras_model, x, y, _ = mlp()
    model = rn.models.from_keras(keras_model)
    options = {"shuffle": False, "verbose": 0, "epochs": 3, "validation_steps": 2}
    if source is pair:
        options["validation_batch_size"] = 8
    theirs = keras_model.fit(x, y, validation_data=source(x, y), **options)
    ours = model.fit(x, y, validation_data=source(x, y), **options)
    assert_same_history(ours, theirs)
    expected = model.evaluate(x[:16], y[:16], verbose=0, return_dict=True)
    assert ours.history["val_loss"][-1] == pytest.approx(expected["loss"])


@pytest.mark.parametrize("source", [pair, dataset, pipeline])
def test_steps_of_zero_are_all_that_there_are(source):
    keras_model, x, y, _ = mlp()
    model = rn.models.from_keras(keras_model)
    options = {"shuffle": False, "verbose": 0, "epochs": 2}
    options |= {"steps_per_epoch": 0, "validation_steps": 0}
    theirs = keras_model.fit(x, y, validation_data=source(x, y), **options)
    ours = model.fit(x, y, validation_data=source(x, y), **options)
    assert_same_history(ours, theirs)
    assert len(model.predict(x, steps=0, verbose=0)) == len(x)


def test_a_dataset_with_class_weights_in_another_order():
    keras_model, x, y, _ = mlp()
    model, other = (rn.models.from_keras(keras_model) for _ in range(2))
    source = dataset(x, y)
    weights = {0: 0.5, 1: 2.0}
    options = {"epochs": 2, "verbose": 0, "class_weight": weights}
    theirs = keras_model.fit(dataset(x, y), shuffle=False, **options)
    assert_same_history(model.fit(source, shuffle=False, **options), theirs)
    assert source.epochs == 2
    mixed = other.fit(dataset(x, y), **options)
    assert mixed.history["loss"] != theirs.history["loss"]


def test_the_last_smaller_batch():
    """A single loss is averaged over samples by both halves."""
    keras_model, x, y, options = mlp()
    model = rn.models.from_keras(keras_model)
    options = {**OPTIONS, "batch_size": 7, **options}
    assert_same_history(model.fit(x, y, **options), keras_model.fit(x, y, **options))


@pytest.mark.parametrize("keys", [("first", "second"), ("b", "a")])
def test_one_loss_for_a_dictionary_of_outputs(keys):
    """The log names the losses by the dictionary's keys, even where layers are called so too."""
    import keras
    from keras import layers

    x = keras.Input((4,))
    outputs = dict(zip(keys, [layers.Dense(1, name="a")(x), layers.Dense(2, name="b")(x)]))
    keras_model = keras.Model(x, outputs)
    keras_model.compile("sgd", "mse", metrics={keys[0]: ["mae"]})
    model = rn.models.from_keras(keras_model)
    generator = np.random.default_rng(0)
    data = generator.standard_normal((16, 4))
    targets = dict(zip(keys, [generator.standard_normal((16, n)) for n in (1, 2)]))
    assert_same_history(
        model.fit(data, targets, **OPTIONS), keras_model.fit(data, targets, **OPTIONS)
    )


def test_stochastic_layers_with_the_same_draws():
    import keras
    from keras import layers

    from comparisons.harness.proof.draws import numpy_draws, reseed

    x = keras.Input((6,))
    h = layers.Dropout(0.4)(layers.Dense(8, activation="relu")(layers.GaussianNoise(0.1)(x)))
    keras_model = keras.Model(x, layers.Dense(2)(h))
    keras_model.compile(keras.optimizers.Adam(0.01), "mse", run_eagerly=True)
    model = rn.models.from_keras(keras_model)
    generator = np.random.default_rng(0)
    data, targets = generator.standard_normal((24, 6)), generator.standard_normal((24, 2))
    with numpy_draws(5):
        theirs = keras_model.fit(data, targets, **OPTIONS)
    reseed(model, 5)
    assert_same_history(model.fit(data, targets, **OPTIONS), theirs)
    assert_close(model.get_weights(), keras_model.get_weights())


def test_resuming_a_live_model():
    """`from_keras` takes over the optimizer's state too."""
    keras_model, x, y, options = mlp()
    keras_model.fit(x, y, **OPTIONS, **options)
    model = rn.models.from_keras(keras_model)
    assert model.optimizer.iterations == int(keras_model.optimizer.iterations)
    theirs = keras_model.fit(x, y, epochs=2, **OPTIONS, **options)
    assert_same_history(model.fit(x, y, epochs=2, **OPTIONS, **options), theirs)
    assert_close(model.get_weights(), keras_model.get_weights())
