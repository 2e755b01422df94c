"""What the generic checks do not see of the preprocessing layers."""

import json

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.layers.preprocessing.fingerprints import fingerprint64, siphash
from reference_numpy.layers.preprocessing.frames import Frames
from reference_numpy.layers.preprocessing.image_preprocessing.affine_sampling import AffineSampling
from reference_numpy.layers.preprocessing.mel_spectrogram import hertz_to_mel, mel_matrix

layers = rn.layers

# (text, fingerprint64, SipHash under the key (1, 2)), both modulo 2⁶³ − 1, as TensorFlow gives them
HASHES = [
    (b"", 1936946117179621456, 443797209252341628),
    (b"a", 3694432073954588132, 5158252350249958646),
    (b"fox", 3769723791420678623, 8979159779621808559),
    (b"lazy dog", 4494755148950269263, 5260537014531311941),
    (b"the quick brown fox", 3343755477575298354, 2203940929248275166),
    (b"the quick brown fox jumps over the lazy dog", 3200379034145657812, 1922187928643153481),
    (b"0123456789" * 7, 5261878338456922136, 5419353591628148479),
    (b"0123456789" * 20, 439712990348739478, 3663624978397590962),
]


@pytest.mark.parametrize(("text", "farm", "sip"), HASHES, ids=[str(len(h[0])) for h in HASHES])
def test_hashes_have_their_known_values(text, farm, sip):
    largest = 2**63 - 1
    assert fingerprint64(text) % largest == farm
    assert siphash(text, (1, 2)) % largest == sip


def test_siphash_has_the_value_of_its_paper():
    """Appendix A of the SipHash paper: key 00 … 0f, message 00 … 0e."""
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    assert siphash(bytes(range(15)), key) == 0xA129CA6149BE45E5


def test_bytes_and_strings_are_the_same_text():
    words = ["fox", "犬", ""]
    lookup = layers.StringLookup(vocabulary=words[:2])
    hashing = layers.Hashing(1000)
    encoded = np.array([word.encode() for word in words], object)
    np.testing.assert_array_equal(lookup(np.array(words)), lookup(encoded))
    np.testing.assert_array_equal(hashing(np.array(words)), hashing(encoded))
    assert hashing(np.array([b"\xff\xfe"])) == fingerprint64(b"\xff\xfe") % 1000


@pytest.mark.parametrize(
    ("layer", "files"),
    [
        (layers.StringLookup(mask_token=""), {"vocabulary.txt": "\n[UNK]\nb\na"}),
        (layers.IntegerLookup(num_oov_indices=2), {"vocabulary.txt": "-1\n-1\n7\n3"}),
        (layers.TextVectorization(), {"vocabulary.txt": "\n[UNK]\nb\na"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_assets_hold_a_learned_vocabulary(layer, files):
    layer.load_assets(files)
    assert layer.assets() == files
    assert layer.vocabulary_size() == 4
    again = type(layer).from_config(json.loads(json.dumps(layer.get_config())))
    again.load_assets(files)
    assert again.get_vocabulary() == layer.get_vocabulary()


def test_a_given_vocabulary_needs_no_assets():
    layer = layers.StringLookup(vocabulary=["a", "b"])
    assert layer.assets() == {}
    layer.load_assets({"vocabulary.txt": "c"})
    assert layer.get_vocabulary() == ["[UNK]", "a", "b"]


def test_an_empty_last_term_survives_the_file():
    layer = layers.StringLookup()
    layer.adapt(["b", "b", ""])
    again = layers.StringLookup.from_config(layer.get_config())
    again.load_assets(layer.assets())
    assert again.get_vocabulary() == ["[UNK]", "b", ""]


def test_a_vocabulary_file_of_ones_own(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("ä\nb\n", encoding="utf-8")
    layer = layers.StringLookup(vocabulary=str(path))
    assert layer(np.array(["b", "ä", "c"])).tolist() == [2, 1, 0]
    assert layer.get_config()["vocabulary"] is None
    with pytest.raises(ValueError, match="Files outside of a model's archive are not read"):
        layers.StringLookup.from_config({"vocabulary": str(path)})


def test_adapting_twice_starts_anew():
    layer = layers.StringLookup()
    layer.adapt(["a", "a", "b"])
    layer.adapt(["c"])
    assert layer.get_vocabulary() == ["[UNK]", "c"]


def test_normalization_merges_batches_of_any_size():
    data = 1e4 + np.random.default_rng(0).standard_normal((101, 3)).astype("float32")
    whole, parts = layers.Normalization(), layers.Normalization()
    whole.adapt(data)
    parts.adapt(iter([data[:1], data[1:50], data[50:]]))
    exact = data.astype("float64")
    for layer in (whole, parts):
        np.testing.assert_allclose(layer.adapt_mean, exact.mean(axis=0), rtol=1e-7)
        np.testing.assert_allclose(layer.adapt_variance, exact.var(axis=0), rtol=1e-6)


def test_normalization_inverts_itself():
    data = np.random.default_rng(1).standard_normal((20, 2))
    forward = layers.Normalization(dtype="float64")
    backward = layers.Normalization(invert=True, dtype="float64")
    for layer in (forward, backward):
        layer.adapt(data)
    np.testing.assert_allclose(backward(forward(data)), data, rtol=1e-12)


def test_normalization_of_a_constant_feature():
    layer = layers.Normalization(mean=2.0, variance=0.0, dtype="float64")
    y, cache = layer.forward(np.array([[2.0], [2.5]]))
    assert y.tolist() == [[0], [0.5 / 1e-7]]
    assert layer.backward(np.ones((2, 1)), cache)[0].tolist() == [[1 / 1e-7], [1 / 1e-7]]


def test_discretization_makes_bins_of_equal_size():
    data = np.random.default_rng(2).standard_normal(4000)
    layer = layers.Discretization(num_bins=5, epsilon=0.001)
    layer.adapt(data)
    counts = np.bincount(layer(data))
    assert len(counts) == 5 and (abs(counts - 800) < 20).all()


def test_mel_bins_are_triangles_with_peak_1():
    weights = mel_matrix(2000, 10, 16000, 100.0, 7000.0)
    np.testing.assert_allclose(weights.max(axis=0), 1, atol=0.02)
    assert hertz_to_mel(700.0) == pytest.approx(1127 * np.log(2))
    inner = weights[(weights > 0).any(axis=1)]
    assert (np.count_nonzero(inner, axis=1) <= 2).all()


def test_frames_and_their_sum_are_adjoint():
    generator = np.random.default_rng(3)
    frames = Frames(23, 8, 3, generator.random(8))
    x, dy = generator.standard_normal((2, 23)), generator.standard_normal((2, 8, 8))
    assert frames.cut(x).shape == dy.shape
    assert np.sum(frames.cut(x) * dy) == pytest.approx(np.sum(x * frames.add(dy)))


def test_a_tone_sounds_in_its_mel_bin():
    time = np.arange(4000) / 8000
    layer = layers.MelSpectrogram(
        fft_length=512, sequence_stride=128, sampling_rate=8000, num_mel_bins=20, min_freq=0.0
    )
    centres = np.linspace(0, hertz_to_mel(4000.0), 22)[1:-1]
    for number in (3, 11, 17):
        hertz = 700 * np.expm1(centres[number] / 1127)
        loud = layer(np.sin(2 * np.pi * hertz * time).astype("float32"))
        assert (loud[:, 4:-4].argmax(axis=0) == number).all()


@pytest.mark.parametrize("fill_mode", ["reflect", "wrap", "constant", "nearest"])
def test_a_quarter_turn_is_exact(fill_mode):
    image = np.random.default_rng(4).standard_normal((1, 5, 5, 2))
    turn = [[0, -1, 4, 1, 0, 0]]
    for interpolation in ("bilinear", "nearest"):
        y = AffineSampling(turn, 5, 5, fill_mode, interpolation).sample(image, 0.0)
        np.testing.assert_allclose(y[0], np.rot90(image[0]), atol=1e-15)


@pytest.mark.parametrize(
    ("layer", "arguments"),
    [
        ("RandomFlip", {}),
        ("RandomRotation", {"factor": 0.2}),
        ("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.2}),
        ("RandomZoom", {"height_factor": 0.3}),
        ("RandomContrast", {"factor": 0.5, "value_range": (-9, 9)}),
        ("RandomBrightness", {"factor": 0.5, "value_range": (-9, 9)}),
    ],
)
def test_a_call_that_does_not_say_training_augments(layer, arguments):
    images = np.random.default_rng(5).standard_normal((8, 6, 6, 1)).astype("float32")
    layer = getattr(layers, layer)(seed=1, **arguments)
    assert not np.array_equal(layer(images), images)
    np.testing.assert_array_equal(layer(images, training=False), images)


def test_bytes_are_brightened_without_overflow():
    images = np.full((1, 2, 2, 1), 250, "uint8")
    y, cache = layers.RandomBrightness([0.1, 0.1]).forward(images, training=True)
    assert y.dtype == "float32" and (y == 255).all()
    assert layers.RandomBrightness(0.1)(images, training=False).dtype == "uint8"


def test_area_resizing_goes_backward():
    """TensorFlow has no gradient of it."""
    layer = layers.Resizing(2, 3, interpolation="area", dtype="float64")
    generator = np.random.default_rng(6)
    x, dy = generator.standard_normal((1, 5, 7, 2)), generator.standard_normal((1, 2, 3, 2))
    y, cache = layer.forward(x)
    dx, _ = layer.backward(dy, cache)
    assert np.sum(y * dy) == pytest.approx(np.sum(x * dx))
    np.testing.assert_allclose(y.mean(), x.mean(axis=(1, 2)).mean())


REFUSALS = [
    ("CategoryEncoding", {}, None, ValueError, "num_tokens=None"),
    ("CategoryEncoding", {"num_tokens": 0}, None, ValueError, "num_tokens=0"),
    ("CategoryEncoding", {"num_tokens": 3, "output_mode": "int"}, None, ValueError, "'int'"),
    ("CategoryEncoding", {"num_tokens": 3, "sparse": True}, None, NotImplementedError, "sparse"),
    ("CategoryEncoding", {"num_tokens": 3}, np.array([-1, 2]), ValueError, "Received: -1"),
    ("Discretization", {}, None, ValueError, "num_bins=None"),
    ("Discretization", {"num_bins": 2, "bin_boundaries": [1.0]}, None, ValueError, "num_bins=2"),
    ("Discretization", {"num_bins": -1}, None, ValueError, "num_bins=-1"),
    ("Discretization", {"num_bins": 2, "output_mode": "hot"}, None, ValueError, "'hot'"),
    ("Discretization", {"num_bins": 2}, np.ones(3), ValueError, "no bin boundaries"),
    ("Hashing", {"num_bins": 0}, None, ValueError, "num_bins=0"),
    ("Hashing", {"num_bins": 3, "salt": "x"}, None, ValueError, "salt=x"),
    ("Hashing", {"num_bins": 3, "dtype": "float32"}, None, ValueError, "float32"),
    ("Hashing", {"num_bins": 3, "output_mode": "hot"}, None, ValueError, "'hot'"),
    ("HashedCrossing", {"num_bins": 3, "output_mode": "count"}, None, ValueError, "'count'"),
    ("HashedCrossing", {"num_bins": 3}, [np.arange(3)], ValueError, "at least two"),
    ("HashedCrossing", {"num_bins": 3}, [np.arange(3), np.arange(2)], ValueError, "one shape"),
    ("HashedCrossing", {"num_bins": 3}, [np.ones(2), np.arange(2)], ValueError, "float64"),
    ("StringLookup", {"max_tokens": 1}, None, ValueError, "max_tokens=1"),
    ("StringLookup", {"pad_to_max_tokens": True}, None, ValueError, "needs `max_tokens`"),
    ("StringLookup", {"num_oov_indices": -1}, None, ValueError, "num_oov_indices=-1"),
    ("StringLookup", {"invert": True, "output_mode": "count"}, None, ValueError, "'count'"),
    ("StringLookup", {"idf_weights": [1.0]}, None, ValueError, "tf_idf"),
    ("StringLookup", {"encoding": "latin-1"}, None, NotImplementedError, "latin-1"),
    ("StringLookup", {"vocabulary": []}, None, ValueError, "empty"),
    ("StringLookup", {"vocabulary": ["a", "a"]}, None, ValueError, r"\['a'\]"),
    ("StringLookup", {"vocabulary": ["a", ""], "mask_token": ""}, None, ValueError, "reserved"),
    ("StringLookup", {"vocabulary": ["a", "b"], "max_tokens": 2}, None, ValueError, "3 places"),
    (
        "StringLookup",
        {"vocabulary": ["a"], "output_mode": "tf_idf"},
        None,
        ValueError,
        "`idf_weights` must be given",
    ),
    (
        "StringLookup",
        {"vocabulary": ["a"], "output_mode": "tf_idf", "idf_weights": [1.0, 2.0]},
        None,
        ValueError,
        r"shape \(2,\)",
    ),
    (
        "StringLookup",
        {"vocabulary": ["a"], "num_oov_indices": 0},
        np.array(["a", "z"]),
        ValueError,
        r"\['z'\]",
    ),
    ("StringLookup", {"vocabulary": ["a"]}, np.arange(2), ValueError, "an array of int64"),
    ("StringLookup", {"output_mode": "count"}, np.array(["a"]), RuntimeError, "must be set"),
    ("IntegerLookup", {"vocabulary_dtype": "int32"}, None, ValueError, "int32"),
    ("IntegerLookup", {"oov_method": "md5"}, None, ValueError, "md5"),
    ("IntegerLookup", {"salt": 1}, None, ValueError, "farmhash"),
    ("TextVectorization", {"standardize": "upper"}, None, ValueError, "'upper'"),
    ("TextVectorization", {"split": str.split}, None, NotImplementedError, "function"),
    ("TextVectorization", {"ngrams": 0}, None, ValueError, "ngrams=0"),
    ("TextVectorization", {"ragged": True}, None, NotImplementedError, "ragged"),
    ("TextVectorization", {"output_sequence_length": 2.5}, None, ValueError, "=2.5"),
    (
        "TextVectorization",
        {"output_sequence_length": 2, "output_mode": "count"},
        None,
        ValueError,
        "'count'",
    ),
    ("TextVectorization", {}, np.array([["a", "b"]]), ValueError, r"\(1, 2\)"),
    ("Normalization", {"mean": 1.0}, None, ValueError, "variance=None"),
    ("Normalization", {"mean": [1.0], "variance": 1.0}, None, ValueError, "same shape"),
    ("Normalization", {"axis": 3}, np.ones((2, 2)), ValueError, r"axis=\(3,\)"),
    ("STFTSpectrogram", {"mode": "power"}, None, ValueError, "'power'"),
    ("STFTSpectrogram", {"frame_length": 8, "frame_step": 9}, None, ValueError, "frame_step=9"),
    ("STFTSpectrogram", {"frame_length": 8, "fft_length": 4}, None, ValueError, "fft_length=4"),
    ("STFTSpectrogram", {"window": "flat"}, None, ValueError, "'flat'"),
    ("STFTSpectrogram", {"padding": "causal"}, None, ValueError, "causal"),
    ("STFTSpectrogram", {}, np.ones((1, 300, 1), int), TypeError, "int64"),
    ("MelSpectrogram", {"sequence_length": 4096}, None, ValueError, "4096"),
    ("MelSpectrogram", {"window": "boxcar"}, None, ValueError, "boxcar"),
    ("MelSpectrogram", {}, np.ones((1, 100)), ValueError, r"\(1, 100\)"),
    (
        "Resizing",
        {"height": 2, "width": 2, "interpolation": "box"},
        (1, 3, 3, 1),
        ValueError,
        "'box'",
    ),
    (
        "Resizing",
        {"height": 2, "width": 2, "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
        (1, 3, 3, 1),
        ValueError,
        "only one of",
    ),
    ("Resizing", {"height": 2, "width": 2, "fill_mode": "wrap"}, (3, 3, 1), ValueError, "'wrap'"),
    ("CenterCrop", {"height": 2, "width": 2}, (3, 3), ValueError, r"\(3, 3\)"),
    ("RandomFlip", {"mode": "diagonal"}, None, ValueError, "diagonal"),
    ("RandomFlip", {"seed": "x"}, None, ValueError, "seed='x'"),
    ("RandomRotation", {"factor": 1.5}, None, ValueError, "factor=1.5"),
    ("RandomRotation", {"factor": 0.1, "fill_mode": "mirror"}, None, NotImplementedError, "mirror"),
    ("RandomZoom", {"height_factor": -1}, None, ValueError, "height_factor=-1"),
    (
        "RandomZoom",
        {"height_factor": 0.1, "width_factor": (0, 2)},
        None,
        ValueError,
        "width_factor",
    ),
    (
        "RandomTranslation",
        {"height_factor": 0.1, "width_factor": 2},
        None,
        ValueError,
        "width_factor=2",
    ),
    ("RandomContrast", {"factor": -0.5}, None, ValueError, "factor=-0.5"),
    ("RandomBrightness", {"factor": 0.5, "value_range": 255}, None, ValueError, "value_range=255"),
    ("RandomBrightness", {"factor": 0.5}, (2, 2), ValueError, r"shape=\(2, 2\)"),
]


@pytest.mark.parametrize(("layer", "arguments", "inputs", "error", "message"), REFUSALS)
def test_bad_arguments_and_inputs_are_refused(layer, arguments, inputs, error, message):
    with pytest.raises(error, match=message):
        made = getattr(layers, layer)(**arguments)
        assert inputs is not None, "the constructor took it"
        made(np.ones(inputs, "float32") if isinstance(inputs, tuple) else inputs)


@pytest.mark.parametrize(
    ("layer", "data", "error", "message"),
    [
        (layers.StringLookup(vocabulary=["a"]), ["b"], ValueError, "cannot be adapted"),
        (layers.Discretization([0.0]), np.ones(3), ValueError, "cannot be adapted"),
        (layers.Normalization(), [], ValueError, "no data"),
        (layers.Normalization(), [1.0, 2.0], TypeError, "float"),
        (layers.Normalization(), 3, TypeError, "int"),
        (layers.Normalization(), [np.ones((2, 2)), np.ones((2, 3))], ValueError, r"\(2, 3\)"),
    ],
    ids=str,
)
def test_data_that_cannot_be_learned_from_are_refused(layer, data, error, message):
    with pytest.raises(error, match=message):
        layer.adapt(data)


def test_the_size_of_an_encoding_is_fixed():
    layer = layers.StringLookup(output_mode="count")
    layer.adapt(["a", "b"])
    with pytest.raises(RuntimeError, match="cannot change from 3 to 2"):
        layer.adapt(["a"])


def test_only_images_are_transformed():
    with pytest.raises(NotImplementedError, match="images alone"):
        layers.RandomFlip()({"images": np.ones((1, 2, 2, 1)), "labels": np.ones(1)})


@pytest.mark.parametrize("name", ["RandomHue", "AutoContrast"])
def test_what_is_not_computed_is_refused_by_name(name):
    images = np.ones((1, 2, 2, 3), "float32")
    layer = layers.RandomHue(0.1) if name == "RandomHue" else layers.AutoContrast()
    with pytest.raises(NotImplementedError, match=f"{name} .*not supported"):
        layer(images)
    if name == "RandomHue":
        np.testing.assert_array_equal(layer(images, training=False), images)
    else:  # it changes images at inference too
        with pytest.raises(NotImplementedError, match="stretches images"):
            layer(images, training=False)


def test_arguments_of_what_is_not_computed_are_checked():
    with pytest.raises(TypeError, match="missing: factor"):
        layers.RandomHue()
    with pytest.raises(TypeError, match="takes the arguments alpha"):
        layers.MixUp(0.1, None, 3, 4)
    with pytest.raises(ValueError, match="factor=2"):
        layers.RandomHue(2)
    with pytest.raises(ValueError, match="Unrecognized keyword"):
        layers.MixUp(beta=1)


def test_a_pipeline_takes_layers():
    with pytest.raises(ValueError, match="must be a list of layers"):
        layers.Pipeline(["Rescaling"])


def test_a_length_that_is_no_power_of_two_is_warned_of():
    with pytest.warns(UserWarning, match="power of two"):
        layers.STFTSpectrogram(frame_length=8, fft_length=12)
