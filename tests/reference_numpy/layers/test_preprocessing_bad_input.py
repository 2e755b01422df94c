"""What the preprocessing layers refuse."""

import numpy as np
import pytest

import reference_numpy as rn

layers = rn.layers

REFUSALS = [
    ("CategoryEncoding", {}, None, ValueError, "num_tokens=None"),
    ("CategoryEncoding", {"num_tokens": 0}, None, ValueError, "num_tokens=0"),
    ("CategoryEncoding", {"num_tokens": 3, "output_mode": "int"}, None, ValueError, "'int'"),
    ("CategoryEncoding", {"num_tokens": 3, "sparse": True}, None, NotImplementedError, "sparse"),
    ("CategoryEncoding", {"num_tokens": 3}, np.array([-1, 2]), ValueError, "Received: -1"),
    ("Discretization", {}, None, ValueError, "num_bins=None"),
    ("Discretization", {"num_bins": 2, "bin_boundaries": [1.0]}, None, ValueError, "num_bins=2"),
    ("Discretization", {"num_bins": -1}, None, ValueError, "num_bins=-1"),
    ("Discretization", {"bin_boundaries": [1.0, 0.0]}, None, ValueError, "rising order"),
    ("Discretization", {"num_bins": 2, "output_mode": "hot"}, None, ValueError, "'hot'"),
    ("Discretization", {"num_bins": 2}, np.ones(3), ValueError, "no bin boundaries"),
    ("Hashing", {"num_bins": 0}, None, ValueError, "num_bins=0"),
    ("Hashing", {"num_bins": 3, "salt": "x"}, None, ValueError, "salt=x"),
    ("Hashing", {"num_bins": 3, "dtype": "float32"}, None, ValueError, "float32"),
    ("Hashing", {"num_bins": 3, "output_mode": "hot"}, None, ValueError, "'hot'"),
    ("HashedCrossing", {"num_bins": 0}, None, ValueError, "num_bins=0"),
    ("HashedCrossing", {"num_bins": 3, "output_mode": "count"}, None, ValueError, "'count'"),
    ("HashedCrossing", {"num_bins": 3}, [np.arange(3)], ValueError, "at least two"),
    ("HashedCrossing", {"num_bins": 3}, [np.arange(3), np.arange(2)], ValueError, "one shape"),
    ("HashedCrossing", {"num_bins": 3}, [np.ones(2), np.arange(2)], ValueError, "float64"),
    ("StringLookup", {"max_tokens": 1}, None, ValueError, "max_tokens=1"),
    ("StringLookup", {"pad_to_max_tokens": True}, None, ValueError, "needs `max_tokens`"),
    ("StringLookup", {"num_oov_indices": -1}, None, ValueError, "num_oov_indices=-1"),
    ("StringLookup", {"vocabulary": [4, 5]}, None, ValueError, "must hold strings"),
    ("StringLookup", {"vocabulary": 5}, None, ValueError, "must hold strings"),
    ("IntegerLookup", {"vocabulary": ["a"]}, None, ValueError, r"must hold integers.*'a'"),
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
    ("Resizing", {"height": 0, "width": 2}, (3, 3, 1), ValueError, "height=0, width=2"),
    ("Resizing", {"height": 2, "width": -1}, (3, 3, 1), ValueError, "height=2, width=-1"),
    ("Normalization", {"mean": [0, 1], "variance": [1, 1]}, (4, 3), ValueError, r"fit the sizes"),
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
