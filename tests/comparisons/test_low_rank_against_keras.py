"""LoRA beside Keras: training, and files of adapted models both ways."""

import numpy as np
import pytest

import reference_numpy as rn

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy")


def model_of_every_kind(adapted):
    """A Keras model with each of the layers that can be adapted."""
    import keras

    options = {"lora_rank": 2} if adapted else {}
    images = keras.Input((6, 4))
    x = keras.layers.Conv1D(5, 3, name="conv", activation="relu", **options)(images)
    x = keras.layers.EinsumDense("abc,cd->abd", (4, 4), bias_axes="d", name="einsum")(x)
    x = keras.layers.Flatten()(x)
    words = keras.Input((2,), dtype="int32")
    y = keras.layers.Embedding(7, 3, name="words", **options)(words)
    x = keras.layers.Concatenate()([x, keras.layers.Flatten()(y)])
    x = keras.layers.Dense(3, name="head", kernel_regularizer="l2", **options)(x)
    return keras.Model([images, words], x)


def adapted_model():
    model = model_of_every_kind(adapted=True)
    model.get_layer("einsum").enable_lora(2, lora_alpha=6)
    generator = np.random.default_rng(1)
    model.set_weights([generator.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return model


@pytest.fixture
def data():
    generator = np.random.default_rng(0)
    x = [
        generator.normal(size=(16, 6, 4)).astype("float32"),
        generator.integers(0, 7, (16, 2)).astype("int32"),
    ]
    return x, generator.normal(size=(16, 3)).astype("float32")


def close(ours, theirs):
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, np.asarray(other), 2e-4, 2e-5)


def test_adapted_models_train_as_in_keras(data):
    import keras

    x, y = data
    theirs = adapted_model()
    ours = rn.models.from_keras(theirs)
    start = ours.get_weights()
    theirs.compile(keras.optimizers.Adam(0.01), "mse")
    ours.compile(rn.optimizers.Adam(0.01), "mse")
    options = {"batch_size": 8, "epochs": 2, "shuffle": False, "verbose": 0}
    history = theirs.fit(x, y, **options).history
    np.testing.assert_allclose(ours.fit(x, y, **options).history["loss"], history["loss"], 1e-4)
    close(ours.get_weights(), theirs.get_weights())
    names = [record.name for record in ours.weight_records]
    for name, before, after in zip(names, start, ours.get_weights(), strict=True):
        assert np.array_equal(before, after) == (name in ("kernel", "embeddings")), name


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_keras_files_are_read(data, ending, tmp_path):
    theirs, path = adapted_model(), str(tmp_path / f"model{ending}")
    ours = rn.models.from_keras(theirs)
    close([ours.predict(data[0], verbose=0)], [theirs.predict(data[0], verbose=0)])
    if ending == ".keras":
        theirs.save(path)
        again = rn.models.load_model(path)
    else:
        theirs.save_weights(path)
        again = ours
        again.load_weights(path)
    close([again.predict(data[0], verbose=0)], [theirs.predict(data[0], verbose=0)])
    for layer in map(again.get_layer, ("conv", "einsum", "words", "head")):
        a, b = layer.weights[-2:]
        assert a.any() and not b.any(), layer.name
    assert again.get_layer("einsum").lora_alpha == 6


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_files_are_read_by_keras(data, ending, tmp_path):
    import keras

    theirs, path = adapted_model(), str(tmp_path / f"model{ending}")
    ours = rn.models.from_keras(theirs)
    expected = ours.predict(data[0], verbose=0)
    if ending == ".keras":
        ours.save(path)
        again = keras.models.load_model(path)
    else:
        ours.save_weights(path)
        again = model_of_every_kind(adapted=False)  # what is merged fits a model without adaptation
        again.load_weights(path)
    close([expected], [again.predict(data[0], verbose=0)])
    close(ours.get_weights(), theirs.get_weights())  # writing leaves the model as it was


def test_training_goes_on_from_a_file(data, tmp_path):
    ours = rn.models.from_keras(adapted_model())
    ours.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    again.compile("adam", "mse")
    again.fit(*data, verbose=0)
    assert all(again.get_layer(name).weights[-1].any() for name in ("conv", "words", "head"))


def test_what_keras_saves_of_mixed_precision_is_read_wider(data, tmp_path):
    """Keras rounds the merged kernel of a mixed_float16 layer; the reference writes float32."""
    layer = rn.layers.Dense(3, lora_rank=2, dtype="mixed_float16")
    model = rn.Sequential([rn.Input((4,)), layer])
    layer.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in layer.weights])
    assert [w.dtype for w in layer.stored_weights] == ["float32", "float32"]
    model.save(tmp_path / "model.keras")
    again = rn.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.layers[-1].weights[0], layer.stored_weights[0])
