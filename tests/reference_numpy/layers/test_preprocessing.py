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


def test_a_length_that_is_no_power_of_two_is_warned_of():
    with pytest.warns(UserWarning, match="power of two"):
        layers.STFTSpectrogram(frame_length=8, fft_length=12)


def test_masks_go_through_a_pipeline():
    """As from layer to layer: what a part makes reaches the parts after it, and the next layer."""
    import reference_numpy as rn

    ids = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    x = rn.Input((4,))
    table, rest = rn.layers.Embedding(4, 3, mask_zero=True), rn.layers.LSTM(2)
    within = rn.layers.Pipeline([table, rn.layers.GRU(3, return_sequences=True)])
    piped = rn.Model(x, rest(within(x)))
    plain = rn.Model(x, rest(within.layers[1](table(x))))
    expected = plain(ids)
    np.testing.assert_array_equal(piped(ids), expected)
    table.mask_zero = table.supports_masking = False
    assert (plain(ids) != expected).any()
