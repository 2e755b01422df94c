"""Cases of the preprocessing layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

FIRST = {"data_format": "channels_first"}
IDS = np.array([[1, 2, 2], [0, 3, 1]])
WORDS = np.array([["fox", "dog"], ["cat", ""], ["dog", "emu"]])
NUMBERS = np.array([[12, 36, 1138], [42, 7, -5]])
WORD_LIST = ["dog", "cat", "fox"]
IDF = [0.5, 0.25, 2.0]
MEL = {"fft_length": 16, "sequence_stride": 5, "num_mel_bins": 4, "sampling_rate": 4000}
GIVEN = {"mean": [0.5, 1.0, -2.0], "variance": [0.25, 4.0, 0.0625]}

SCALES = [
    Case("Rescaling", {"scale": 0.5, "offset": -1.0}, (2, 3)),
    Case("Rescaling", {"scale": 1 / 255, "offset": 0.0}, (2, 3), label="a scale of 1/255"),
    Case("Rescaling", {"scale": [0.5, 2.0], "offset": [1.0, 0.0]}, (2, 3, 2)),
    Case("Rescaling", {"scale": 0.25, "offset": 1}, IDS, label="integers"),
    Case("Normalization", {"axis": [-1], **GIVEN}, (2, 3)),
    Case("Normalization", {"axis": [-1], "invert": True, **GIVEN}, (2, 4, 3)),
    Case("Normalization", {"axis": [1], **GIVEN}, (2, 3, 4)),
    Case("Normalization", {"axis": [1, 2], **GIVEN}, (2, 4, 3)),
    Case("Normalization", {"axis": [], "mean": 0.5, "variance": 4.0}, (2, 3)),
    Case("Normalization", {"axis": [-1], **GIVEN}, IDS, label="integers"),
    Case("Normalization", {"axis": [-1], "mean": None, "variance": None}, (2, 3), positive=True),
]
ENCODINGS = [
    Case("CategoryEncoding", {"num_tokens": 4, "output_mode": mode}, ids, label=f"{mode}, {name}")
    for mode in ("one_hot", "multi_hot", "count")
    for name, ids in (("two axes", IDS), ("one axis", IDS[0]), ("column", IDS[:, :1]))
] + [
    Case("CategoryEncoding", {"num_tokens": 3, "output_mode": "count"}, IDS, label="cut"),
    Case(
        "CategoryEncoding",
        {"num_tokens": 4, "output_mode": "count"},
        IDS,
        {"count_weights": np.array([[0.5, 1.0, 2.0], [1.0, 0.25, 3.0]])},
        "weights",
    ),
    Case("CategoryEncoding", {"num_tokens": 4, "output_mode": "count"}, IDS[None], label="3 axes"),
    Case("CategoryEncoding", {"num_tokens": 4}, IDS[None], label="multi_hot, 3 axes"),
    Case("CategoryEncoding", {"num_tokens": 4}, IDS[:, :0], label="multi_hot, samples of nothing"),
]
BINS = [
    Case("Discretization", {"bin_boundaries": [-0.5, 0.0, 0.5], "output_mode": mode}, shape)
    for mode in ("int", "one_hot", "multi_hot", "count")
    for shape in ((2, 5), (5,))
] + [
    Case(
        "Discretization", {"bin_boundaries": [0.0, 1.0, 2.0]}, IDS, label="integers on boundaries"
    ),
]
HASHES = [
    Case("Hashing", {"num_bins": 7, "dtype": "int64"}, WORDS),
    Case("Hashing", {"num_bins": 7, "dtype": "int32", "mask_value": ""}, WORDS),
    Case("Hashing", {"num_bins": 1, "dtype": "int64", "mask_value": ""}, WORDS),
    Case("Hashing", {"num_bins": 5, "dtype": "int64", "salt": 133}, WORDS),
    Case("Hashing", {"num_bins": 5, "dtype": "int64", "salt": [137, 7], "mask_value": 42}, NUMBERS),
    Case("Hashing", {"num_bins": 3, "output_mode": "one_hot"}, NUMBERS),
    Case("Hashing", {"num_bins": 3, "output_mode": "one_hot"}, WORDS[:, :1], label="column"),
    Case("Hashing", {"num_bins": 3, "output_mode": "multi_hot"}, NUMBERS),
    Case("Hashing", {"num_bins": 3, "output_mode": "count"}, WORDS),
    Case("HashedCrossing", {"num_bins": 9, "dtype": "int64"}, [WORDS[:, 0], WORDS[:, 1]]),
    Case(
        "HashedCrossing",
        {"num_bins": 9, "dtype": "int64"},
        [WORDS[:, :1], np.array([[5], [-2], [5]]), WORDS[:, 1:]],
        label="three, columns, integers",
    ),
    Case(
        "HashedCrossing",
        {"num_bins": 4, "output_mode": "one_hot"},
        [NUMBERS[0], NUMBERS[1]],
    ),
]
STRINGS = [
    Case("StringLookup", {"vocabulary": WORD_LIST, **arguments}, WORDS)
    for arguments in (
        {},
        {"mask_token": ""},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "salt": [7, 9], "mask_token": "emu"},
        {"output_mode": "one_hot"},
        {"output_mode": "multi_hot", "mask_token": ""},
        {"output_mode": "count", "num_oov_indices": 2},
        {"output_mode": "count", "max_tokens": 8, "pad_to_max_tokens": True},
        {"output_mode": "tf_idf", "idf_weights": IDF},
        {
            "output_mode": "tf_idf",
            "idf_weights": IDF,
            "max_tokens": 6,
            "pad_to_max_tokens": True,
            "mask_token": "",
        },
    )
] + [
    Case("StringLookup", {"vocabulary": ["", "[UNK]", *WORD_LIST], "mask_token": ""}, WORDS),
    Case("StringLookup", {"vocabulary": WORD_LIST, "output_mode": "multi_hot"}, WORDS[0]),
]
INTEGERS = [
    Case("IntegerLookup", {"vocabulary": [12, 36, 42], **arguments}, NUMBERS)
    for arguments in (
        {},
        {"mask_token": 0},
        {"num_oov_indices": 3},
        {"num_oov_indices": 3, "oov_method": "farmhash"},
        {"num_oov_indices": 3, "oov_method": "farmhash", "salt": 5},
        {"output_mode": "multi_hot", "mask_token": 7},
        {"output_mode": "one_hot"},
        {"output_mode": "tf_idf", "idf_weights": IDF},
    )
] + [
    Case("IntegerLookup", {"vocabulary": [12, 36], "invert": True}, IDS),
    Case("IntegerLookup", {"vocabulary": [12, 36], "invert": True, "mask_token": 0}, IDS),
]
STFT = {"frame_length": 8, "frame_step": 3, "fft_length": 16}
SPECTRA = [
    Case("STFTSpectrogram", {"mode": mode, **STFT}, (2, 23, 2))
    for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
] + [
    Case("STFTSpectrogram", {"mode": "psd", "padding": "same", **STFT}, (2, 22, 1)),
    Case("STFTSpectrogram", {"mode": "stft", "expand_dims": True, **STFT}, (2, 20, 2)),
    Case("STFTSpectrogram", {"mode": "stft", **STFT, **FIRST}, (2, 3, 20)),
    Case(
        "STFTSpectrogram", {"mode": "magnitude", "expand_dims": True, **STFT, **FIRST}, (2, 3, 20)
    ),
    Case(
        "STFTSpectrogram",
        {
            "mode": "real",
            "frame_length": 5,
            "window": "hamming",
            "periodic": True,
            "scaling": "spectrum",
        },
        (1, 14, 1),
    ),
    Case("STFTSpectrogram", {"mode": "imag", "window": None, "scaling": None, **STFT}, (1, 20, 2)),
    Case("STFTSpectrogram", {"mode": "stft", "trainable": False, **STFT}, (1, 20, 1)),
    *(
        Case("MelSpectrogram", {**MEL, **arguments}, shape)
        for arguments, shape in (
            ({}, (2, 40)),
            ({}, (41,)),
            ({"power_to_db": False, "mag_exp": 1.0, "window": "hamming"}, (2, 40)),
            ({"sequence_length": 12, "top_db": 6.0, "mag_exp": 1.5}, (2, 40)),
            ({"window": None, "fft_length": 17, "ref_power": 0.01, "min_freq": 500.0}, (1, 40)),
        )
    ),
]

CASES = SPECTRA + SCALES + ENCODINGS + BINS + HASHES + STRINGS + INTEGERS
