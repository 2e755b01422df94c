"""What Keras's preprocessing layers learn and say: vocabularies, quantiles, text, hashes."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from reference_numpy.layers.preprocessing.fingerprints import fingerprint64, siphash

SENTENCES = [
    "The quick brown fox, the lazy dog!",
    "  A dog's life;\tbrown\u00a0bread\u3000and\x0bwine\x0cor\x1cnot ",
    "ÄÖÜ äöü ÇA va-t-il? 犬と猫 犬",
    "",
    "fox fox FOX foxes",
]
WORDS = [["fox", "dog"], ["dog", "emu"], ["cat", "fox"], ["dog", ""]]
NUMBERS = np.array([[5, 7, 7], [5, 9, -1], [7, 0, 5]])


@pytest.fixture(scope="module")
def keras():
    backends.load("tensorflow")
    import keras

    return keras


def as_array(value):
    value = np.asarray(value)
    if value.dtype.kind in "SO":
        texts = [v.decode() if isinstance(v, bytes) else v for v in value.reshape(-1).tolist()]
        return np.array(texts).reshape(value.shape)
    return value


def assert_same(ours, theirs):
    theirs = as_array(theirs)
    assert ours.shape == theirs.shape
    if ours.dtype.kind == "f":
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    else:
        np.testing.assert_array_equal(ours, theirs)


def both(keras, name, arguments):
    return getattr(rn.layers, name)(**arguments), getattr(keras.layers, name)(**arguments)


@pytest.mark.parametrize("salt", [None, (1337, 2**60 + 5)])
def test_hashes_are_tensorflows(salt):
    import tensorflow as tf

    generator = np.random.default_rng(0)
    texts = [generator.bytes(size) for size in [*range(260), 511, 512, 513, 4000]]
    largest = 2**63 - 1
    if salt is None:
        theirs = tf.strings.to_hash_bucket_fast(texts, largest).numpy()
        ours = [fingerprint64(text) % largest for text in texts]
    else:
        theirs = tf.strings.to_hash_bucket_strong(texts, largest, key=list(salt)).numpy()
        ours = [siphash(text, salt) % largest for text in texts]
    assert ours == theirs.tolist()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"mask_token": ""},
        {"max_tokens": 3},
        {"num_oov_indices": 2, "output_mode": "multi_hot"},
        {"mask_token": "", "output_mode": "count"},
        {"output_mode": "tf_idf"},
        {"output_mode": "tf_idf", "max_tokens": 7, "pad_to_max_tokens": True, "mask_token": ""},
    ],
    ids=str,
)
@pytest.mark.parametrize("form", ["array", "batches"])
def test_string_lookup_learns_what_keras_learns(keras, arguments, form):
    ours, theirs = both(keras, "StringLookup", arguments)
    data = np.array(WORDS)
    for layer in (ours, theirs):
        layer.adapt(data if form == "array" else iter([data[:3], data[3:]]))
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    for special in (True, False):
        assert ours.get_vocabulary(special) == theirs.get_vocabulary(special)
    assert ours.vocabulary_size() == theirs.vocabulary_size()
    inputs = np.array([["dog", "fox", "emu"], ["", "yak", "dog"]])
    assert_same(ours(inputs), theirs(inputs))
    config = theirs.get_config()
    assert {**ours.get_config(), "name": ""} == {**config, "name": ""}


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count", "tf_idf"])
def test_integer_lookup_learns_what_keras_learns(keras, mode):
    ours, theirs = both(keras, "IntegerLookup", {"output_mode": mode, "mask_token": 0})
    for layer in (ours, theirs):
        layer.adapt(NUMBERS)
    assert ours.get_vocabulary() == [int(v) for v in theirs.get_vocabulary()]
    assert_same(ours(NUMBERS[:, ::-1] * 2 - 5), theirs(NUMBERS[:, ::-1] * 2 - 5))


def test_one_axis_is_many_documents_in_a_list_and_one_in_a_batch(keras):
    for data in (["a", "b", "a"], iter([np.array(["a", "b", "a"])])):
        data = list(data)
        ours, theirs = both(keras, "StringLookup", {"output_mode": "tf_idf"})
        for layer in (ours, theirs):
            layer.adapt(data if isinstance(data[0], str) else iter(data))
        np.testing.assert_allclose(ours.idf_weights, theirs.idf_weights.numpy(), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("StringLookup", {"vocabulary": ["a", "b"]}),
        ("StringLookup", {"vocabulary": ["", "[UNK]", "a", "b"], "mask_token": ""}),
        ("StringLookup", {"vocabulary": ["a", "b"], "num_oov_indices": 0}),
        ("IntegerLookup", {"vocabulary": [7, 9], "mask_token": 0}),
    ],
)
def test_inversion(keras, name, arguments):
    ours, theirs = both(keras, name, {"invert": True, **arguments})
    places = np.array([[1, 0], [2, 5]])
    assert_same(ours(places), theirs(places))


TEXT_OPTIONS = [
    {},
    {"standardize": "lower"},
    {"standardize": "strip_punctuation", "max_tokens": 8},
    {"standardize": None, "split": "character"},
    {"ngrams": 2, "output_sequence_length": 6},
    {"ngrams": (2, 3)},
    {"ngrams": (3, 1), "output_mode": "count"},
    {"output_sequence_length": 2},
    {"output_mode": "multi_hot", "max_tokens": 40, "pad_to_max_tokens": True},
    {"output_mode": "tf_idf"},
    {"output_mode": "tf_idf", "max_tokens": 9},
]


@pytest.mark.parametrize("arguments", TEXT_OPTIONS, ids=str)
@pytest.mark.parametrize("column", [False, True])
def test_text_vectorization_is_keras_text_vectorization(keras, arguments, column):
    ours, theirs = both(keras, "TextVectorization", arguments)
    texts = np.array(SENTENCES)[:, None] if column else SENTENCES
    for layer in (ours, theirs):
        layer.adapt(texts)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    given = np.array([*SENTENCES, "unknown brown words"])
    given = given[:, None] if column else given
    assert_same(ours(given), theirs(given))
    expected = {**theirs.get_config(), "name": ""}
    assert {**ours.get_config(), "name": ""} == expected


def test_text_that_is_not_split(keras):
    for arguments in ({"split": None}, {"split": None, "ngrams": 2}):
        ours, theirs = both(keras, "TextVectorization", arguments)
        for layer in (ours, theirs):
            layer.adapt(np.array(WORDS))
        assert ours.get_vocabulary() == theirs.get_vocabulary()
        assert_same(ours(np.array(WORDS[::-1])), theirs(np.array(WORDS[::-1])))


def test_text_vectorization_of_one_text(keras):
    ours, theirs = both(keras, "TextVectorization", {"vocabulary": ["fox", "dog"]})
    assert_same(ours(np.array("dog and fox")), theirs(np.array("dog and fox")))


@pytest.mark.parametrize("mode", ["int", "multi_hot", "count", "tf_idf"])
@pytest.mark.parametrize("texts", [["", " "], []], ids=["empty texts", "no texts"])
def test_text_vectorization_of_nothing(keras, mode, texts):
    arguments = {"vocabulary": ["fox"], "output_mode": mode}
    if mode == "tf_idf":
        arguments["idf_weights"] = [0.5]
    ours, theirs = both(keras, "TextVectorization", arguments)
    texts = np.array(texts, dtype="U1")
    assert_same(ours(texts), theirs(texts))


@pytest.mark.parametrize("bins", [2, 3, 7])
@pytest.mark.parametrize("form", ["array", "batches"])
def test_discretization_learns_what_keras_learns(keras, bins, form):
    ours, theirs = both(keras, "Discretization", {"num_bins": bins, "epsilon": 0.05})
    data = np.random.default_rng(bins).standard_normal((300, 2)).astype("float32")
    for layer in (ours, theirs):
        layer.adapt(data if form == "array" else [data[:20], data[20:150], data[150:]])
    np.testing.assert_allclose(ours.bin_boundaries, theirs.bin_boundaries, rtol=1e-6)
    theirs.bin_boundaries = ours.bin_boundaries
    assert_same(ours(data), theirs(data))
    assert {**ours.get_config(), "name": ""} == {**theirs.get_config(), "name": ""}
    again = rn.layers.Discretization.from_config(theirs.get_config())
    assert_same(again(data), theirs(data))


@pytest.mark.parametrize("axis", [-1, None, 1, (1, 2)])
@pytest.mark.parametrize("form", ["array", "batches"])
def test_normalization_learns_what_keras_learns(keras, axis, form):
    # Keras cannot merge batches in float64: it starts from zeros in float32.
    dtype = "float64" if form == "array" else "float32"
    ours, theirs = both(keras, "Normalization", {"axis": axis, "dtype": dtype})
    data = 3 + 2 * np.random.default_rng(0).standard_normal((10, 4, 3)).astype(dtype)
    for layer in (ours, theirs):
        layer.adapt(data if form == "array" else [data[:2], (data[2:7], "labels"), data[7:]])
    close = {"rtol": 1e-12, "atol": 1e-12} if form == "array" else {"rtol": 2e-6, "atol": 1e-6}
    np.testing.assert_allclose(ours.adapt_mean, np.asarray(theirs.adapt_mean), **close)
    np.testing.assert_allclose(ours.adapt_variance, np.asarray(theirs.adapt_variance), **close)
    np.testing.assert_allclose(ours(data), np.asarray(theirs(data)), **close)


@pytest.mark.parametrize("name", ["TextVectorization", "StringLookup"])
def test_state_is_in_the_files_that_keras_writes(keras, name, tmp_path):
    """A saved model's vocabulary file and idf weights fit the layer made from its config."""
    import json
    import zipfile

    import h5py

    theirs = getattr(keras.layers, name)(output_mode="tf_idf")
    theirs.adapt(SENTENCES)
    model = keras.Sequential([keras.Input((1,), dtype="string"), theirs])
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        config = json.loads(archive.read("config.json"))["config"]["layers"][-1]
        folder = f"assets/layers/{rn.serialization.snake_case(name)}/"
        files = {"vocabulary.txt": archive.read(f"{folder}vocabulary.txt").decode()}
        with archive.open("model.weights.h5") as weights, h5py.File(weights) as file:
            group = file[f"layers/{rn.serialization.snake_case(name)}/vars"]
            store = {key: group[key][()] for key in group}
    ours = rn.layers.deserialize(config)
    ours.load_own_variables(store)
    ours.load_assets(files)
    given = np.array(SENTENCES)[:, None]
    assert_same(ours(given), theirs(given))
    assert ours.assets() == files
    written = {}
    ours.save_own_variables(written)
    np.testing.assert_array_equal(written["idf_weights"], store["idf_weights"])
