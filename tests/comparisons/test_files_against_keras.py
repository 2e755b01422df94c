"""Files both ways: what Keras writes NumPy reads, what NumPy writes Keras reads, and goes on."""

import io
import json
import time
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

import reference_numpy as rn
from tests.comparisons.model_cases import CASES, masked_text, mlp
from tests.comparisons.test_training_against_keras import (
    OPTIONS,
    assert_close,
    assert_same_history,
    double_precision,
    set_precision,
)

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.__name__ for case in CASES])
__all__ = ["double_precision"]  # a fixture for every test here

pytestmark = [
    pytest.mark.filterwarnings("ignore:Gradients do not exist"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
]


@BY_CASE
def test_a_run_that_changes_sides(case, tmp_path):
    """Keras begins, NumPy goes on from its file, Keras from NumPy's file; one side did it all."""
    import keras

    whole, x, y, options = case()
    options = {**OPTIONS, **options}
    whole.fit(x, y, **options)
    whole.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    assert_same_history(model.fit(x, y, **options), whole.fit(x, y, **options))
    assert_close(model.get_weights(), whole.get_weights())
    model.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert_close(again(x), model(x), 1e-12)
    assert int(again.optimizer.iterations) == model.optimizer.iterations
    state = [np.asarray(variable) for variable in again.optimizer.variables]
    assert_close([variable.value for variable in model.optimizer.variables], state)
    if case is mlp:  # compiling Keras's step once more for each would take minutes
        assert_same_history(again.fit(x, y, **options), whole.fit(x, y, **options))


def names(path):
    """Every group and dataset of the weights in a file, with shapes, dtypes and attributes' names.

    The attributes' values are names of layers, of which those within layers come from a counter.
    """
    found = {}

    def visit(name, item):
        array = (item.shape, item.dtype) if isinstance(item, h5py.Dataset) else None
        found[name] = (array, list(item.attrs))

    source = path
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            source = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(source) as file:
        file.visititems(visit)
    return found


@BY_CASE
def test_the_files_are_laid_out_alike(case, tmp_path):
    keras_model, *_ = case()
    keras_model.save(tmp_path / "keras.keras")
    rn.models.from_keras(keras_model).save(tmp_path / "numpy.keras")
    assert names(tmp_path / "numpy.keras") == names(tmp_path / "keras.keras")
    listed = []
    for name in ("numpy", "keras"):
        with zipfile.ZipFile(tmp_path / f"{name}.keras") as archive:
            listed.append([(i.filename, i.compress_type) for i in archive.infolist()])
            keys = set(json.loads(archive.read("metadata.json")))
        assert keys == {"keras_version", "date_saved"}
    assert listed[0] == listed[1]


@pytest.mark.parametrize("case", [mlp, masked_text], ids=["mlp", "masked_text"])
def test_weights_alone(case, tmp_path):
    theirs, x, y, options = case()
    theirs.fit(x, y, **OPTIONS, **options)
    theirs.save_weights(tmp_path / "keras.weights.h5")
    model = rn.models.from_keras(case()[0])
    model.load_weights(tmp_path / "keras.weights.h5")
    assert_close(model.get_weights(), theirs.get_weights(), 0)
    assert model.optimizer.iterations == int(theirs.optimizer.iterations)
    model.fit(x, y, **OPTIONS, **options)
    model.save_weights(tmp_path / "numpy.weights.h5")
    assert set(names(tmp_path / "numpy.weights.h5")) == set(names(tmp_path / "keras.weights.h5"))
    theirs.load_weights(tmp_path / "numpy.weights.h5")
    assert_close(theirs.get_weights(), model.get_weights(), 0)
    assert int(theirs.optimizer.iterations) == model.optimizer.iterations


def layer_zoo():
    """Every kind of part that has a place of its own in a file."""
    import keras
    from keras import layers

    x = inputs = keras.Input((6, 4))
    x = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True)(x)
    x = layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True))(x)
    x = layers.TimeDistributed(layers.Dense(4))(x)
    x = layers.MultiHeadAttention(2, 2)(x, x)
    x = layers.GroupQueryAttention(2, 4, 2)(x, x)
    x = layers.Attention(use_scale=True)([x, x])
    x = layers.AdditiveAttention()([x, x])
    x = layers.EinsumDense("abc,cd->abd", output_shape=(6, 4), bias_axes="d")(x)
    x = layers.SpectralNormalization(layers.Dense(4))(x)
    x = layers.SeparableConv1D(3, 2, padding="same")(x)
    x = layers.DepthwiseConv1D(2, padding="same")(x)
    x = layers.Conv1DTranspose(3, 2, padding="same")(x)
    x = layers.PReLU()(x)
    x = layers.UnitNormalization()(layers.RMSNormalization()(x))
    x = layers.GroupNormalization(3)(x)
    inner = keras.Sequential([layers.Dense(3), layers.Dropout(0.2), layers.Dense(2)])
    x = layers.Normalization(mean=[0.5, 1.0], variance=[2.0, 3.0])(inner(x))
    return keras.Model(inputs, layers.Flatten()(x))


def test_every_part_has_its_place(tmp_path):
    import keras

    theirs = layer_zoo()
    theirs.set_weights([np.random.default_rng(0).uniform(0.5, 1, w.shape) for w in theirs.weights])
    theirs.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    x = np.random.default_rng(0).standard_normal((3, 6, 4))
    assert_close(model(x), theirs(x), 1e-7)  # attention scales by way of float32
    model.save(tmp_path / "numpy.keras")
    assert names(tmp_path / "numpy.keras") == names(tmp_path / "keras.keras")
    assert_close(keras.models.load_model(tmp_path / "numpy.keras")(x), theirs(x), 1e-12)


def operations():
    """Keras's operations on symbolic tensors, which stand in its graphs beside the layers."""
    import keras
    from keras import ops

    x, z = keras.Input((4, 3)), keras.Input((4, 1))
    outputs = [
        1 + x, 2 - x, x * z, 1 / (x * x + 1), x / 2.0, -x, abs(x), x**2, (x * x + 1) ** z,
        ops.matmul(x, ops.transpose(x, (0, 2, 1))), x[:, 1:, ::2], x[..., 0], x[:, None],
        ops.reshape(x, (-1, 12)), ops.expand_dims(x, 1), ops.squeeze(x[:, :1], 1),
        ops.concatenate([x, x * 2], axis=1), ops.stack([x, x], axis=1), ops.sum(x, axis=1),
        ops.mean(x, axis=(1, 2), keepdims=True), ops.exp(x), ops.log(x * x + 1),
        ops.sqrt(x * x + 1), ops.square(x), ops.tanh(x), ops.maximum(x, z), ops.minimum(x, 0.0),
        ops.where(x > 0, x, z), ops.cast(x > z, "float64"), ops.relu(x), ops.sigmoid(x),
        ops.softmax(x, axis=-1), ops.silu(x), ops.softplus(x), keras.activations.relu(x),
        ops.cast(ops.any(ops.logical_or(x > 1, x <= -1), axis=-1), "float64"), ops.max(x),
        ops.max(x, axis=(1, -1), keepdims=True), ops.min(x, axis=-1), ops.clip(x, -1, 0.5),
    ]  # fmt: skip
    return keras.Model([x, z], outputs)


def test_operations(tmp_path):
    import keras

    from comparisons.harness import backends
    from comparisons.harness.proof.layer_checks import Reference, keras_quantities

    theirs = operations()
    theirs.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    assert model.output_shape == theirs.output_shape
    generator = np.random.default_rng(0)
    inputs = [generator.standard_normal((5, 4, 3)), generator.standard_normal((5, 4, 1))]
    reference = Reference(model, inputs)
    quantities = reference.quantities()
    found = keras_quantities(backends.load("tensorflow"), theirs, reference)
    assert set(quantities) == set(found)
    for name in quantities:
        np.testing.assert_allclose(quantities[name], found[name], 1e-12, 1e-12, err_msg=name)
    for record in reference.calculus("operations"):
        assert record.passed, str(record)
    model.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert_close(again(inputs), model(inputs), 1e-12)


def test_learned_vocabularies(tmp_path):
    import keras
    from keras import layers

    words = np.array([["b"], ["a"], ["b"], ["c"]])
    lookup, vectorize = layers.StringLookup(), layers.TextVectorization(output_mode="tf_idf")
    lookup.adapt(words)
    vectorize.adapt(words)
    x = keras.Input((1,), dtype="string")
    theirs = keras.Model(x, [lookup(x), vectorize(x)])
    theirs.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    tensors = [np.asarray(y) for y in theirs(keras.ops.convert_to_tensor(words))]
    assert_close(model(words), tensors, 1e-7)
    assert_close(rn.models.from_keras(theirs)(words), tensors, 1e-7)
    model.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert_close([np.asarray(y) for y in again(keras.ops.convert_to_tensor(words))], tensors, 0)


def test_a_live_model_that_is_not_built():
    """Its vocabulary and how it is compiled are taken over; weights there are none."""
    import keras
    from keras import layers

    vectorize = layers.TextVectorization(output_sequence_length=3)
    vectorize.adapt(np.array(["b a", "a c"]))
    theirs = keras.Sequential([vectorize, layers.Embedding(9, 2)])
    theirs.compile("adam", "mse")
    model = rn.models.from_keras(theirs)
    assert not model.built and type(model.optimizer).__name__ == "Adam"
    assert model.layers[0].get_vocabulary() == vectorize.get_vocabulary()


def test_a_live_model_without_an_optimizer():
    import keras

    set_precision("float32")
    theirs = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    theirs.compile(optimizer=None, loss="mse")
    x = np.random.default_rng(0).standard_normal((4, 3)).astype("float32")
    model = rn.models.from_keras(theirs)
    loss = theirs.evaluate(x, x[:, :2], verbose=0)
    assert model.evaluate(x, x[:, :2], verbose=0) == pytest.approx(loss, rel=1e-6)


def test_masks_that_pass_through_attention(tmp_path):
    """Keras writes what makes the masks into the graph, among it `convert_to_tensor`."""
    import keras
    from keras import layers

    tokens = keras.Input((6,), dtype="int32")
    x = layers.Embedding(9, 4, mask_zero=True)(tokens)
    x = layers.GlobalAveragePooling1D()(layers.Attention()([x, x]))
    theirs = keras.Model(tokens, x)
    theirs.save(tmp_path / "keras.keras")
    inputs = np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 0]])
    model = rn.models.load_model(tmp_path / "keras.keras")
    assert_close(model(inputs), theirs(inputs), 1e-6)
    model.save(tmp_path / "numpy.keras")
    assert_close(keras.models.load_model(tmp_path / "numpy.keras")(inputs), theirs(inputs), 1e-6)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "mixed_float16"])
def test_dtypes(dtype, tmp_path):
    import keras
    from keras import layers

    x = keras.Input((3,))
    theirs = keras.Model(x, layers.Dense(2, dtype=dtype)(x))
    theirs.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    assert [w.dtype.name for w in model.weights] == [w.dtype for w in theirs.weights]
    inputs = np.ones((2, 3))
    assert model(inputs).dtype.name == keras.backend.standardize_dtype(theirs(inputs).dtype)
    assert_close(model(inputs).astype("float64"), np.asarray(theirs(inputs), "float64"), 2e-3)
    model.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert_close(again.get_weights(), theirs.get_weights(), 0)


@pytest.mark.parametrize("kind", ["Sequential", "Functional"])
def test_mixed_precision_with_loss_scaling(tmp_path, kind):
    """The scale and its counter are part of the state; a Functional does not say its policy."""
    import keras
    from keras import layers

    set_precision("float32")
    keras.config.set_dtype_policy("mixed_float16")
    theirs = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    if kind == "Functional":
        theirs = keras.Model(theirs.inputs, theirs.outputs)
    theirs.compile("adam", "mse")
    x = np.random.default_rng(0).standard_normal((16, 3)).astype("float32")
    theirs.fit(x, x[:, :2], **OPTIONS)
    theirs.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    for ours in (model, rn.models.from_keras(theirs)):
        assert type(ours.optimizer).__name__ == type(theirs.optimizer).__name__
        assert ours.optimizer.iterations == 2
    ours, other = model.fit(x, x[:, :2], **OPTIONS), theirs.fit(x, x[:, :2], **OPTIONS)
    np.testing.assert_allclose(ours.history["loss"], other.history["loss"], rtol=2e-3)
    assert_close(model.get_weights(), theirs.get_weights(), 2e-3)
    model.save(tmp_path / "numpy.keras")
    again = keras.models.load_model(tmp_path / "numpy.keras")
    assert int(again.optimizer.iterations) == model.optimizer.iterations == 4


def test_shared_objects(tmp_path):
    """A layer in a model and in a model within it. Keras writes such a file and cannot read it."""
    import keras
    from keras import layers

    set_precision("float32")
    shared = layers.Dense(4, name="shared")
    x = keras.Input((4,))
    inner = keras.Sequential([keras.Input((4,)), shared])
    theirs = keras.Model(x, inner(shared(x)))
    theirs.save(tmp_path / "keras.keras")
    model = rn.models.load_model(tmp_path / "keras.keras")
    assert len(model.weights) == 2
    inputs = np.random.default_rng(0).standard_normal((3, 4)).astype("float32")
    assert_close(model(inputs), theirs(inputs), 1e-6)


def test_code_is_refused(tmp_path):
    import keras
    from keras import layers

    x = keras.Input((4,))
    keras.Model(x, layers.Lambda(lambda t: t + 1)(x)).save(tmp_path / "lambda.keras")

    @keras.saving.register_keras_serializable("mine")
    class Own(layers.Layer):
        def call(self, t):
            return t

    keras.Model(x, Own()(x)).save(tmp_path / "own.keras")

    @keras.saving.register_keras_serializable("mine")
    def own_activation(t):
        return t

    keras.Model(x, layers.Dense(2, own_activation)(x)).save(tmp_path / "activation.keras")
    for name, reason in (
        ("lambda", "'Lambda' is code"),
        ("own", "'mine>Own' is a class of the author's own"),
        ("activation", "'mine>own_activation'"),
    ):
        with pytest.raises(rn.saving.ModelFileError, match=reason):
            rn.models.load_model(tmp_path / f"{name}.keras")


def test_loading_is_quick_and_frugal(tmp_path):
    """ResNet50's file: under 5 s and under three times the file in memory."""
    import keras

    set_precision("float32")
    path = tmp_path / "resnet50.keras"
    keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3)).save(path)
    seconds = []
    for _ in range(2):  # the better of two, since the machine has other things to do
        start = time.process_time()
        model = rn.models.load_model(path)
        seconds.append(time.process_time() - start)
    tracemalloc.start()
    model = rn.models.load_model(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert model.count_params() == 25_636_712
    assert min(seconds) < 5
    assert peak < 3 * path.stat().st_size
