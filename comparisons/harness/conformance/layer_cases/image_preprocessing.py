"""Cases of the layers of images."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

FIRST = {"data_format": "channels_first"}
BYTES = np.random.default_rng(2).integers(0, 256, (2, 5, 7, 3)).astype("uint8")
INFERENCE = {"training": False}

RESIZING = [
    Case("Resizing", {"height": h, "width": w, "interpolation": method, **more}, shape)
    for h, w, method, more, shape in (
        (6, 4, "bilinear", {}, (2, 5, 7, 3)),
        (6, 4, "bilinear", {"antialias": True}, (5, 7, 3)),
        (9, 3, "nearest", FIRST, (2, 3, 5, 7)),
        (4, 10, "bicubic", {"antialias": True}, (1, 5, 7, 2)),
        (3, 9, "lanczos3", {"antialias": True}, (1, 8, 7, 1)),
        (12, 3, "lanczos5", FIRST, (2, 6, 7)),
        (4, 4, "bilinear", {"crop_to_aspect_ratio": True}, (2, 5, 9, 2)),
        (3, 6, "bilinear", {"crop_to_aspect_ratio": True, **FIRST}, (2, 2, 9, 7)),
        (4, 4, "bilinear", {"pad_to_aspect_ratio": True, "fill_value": 0.5}, (2, 5, 10, 2)),
        (3, 8, "nearest", {"pad_to_aspect_ratio": True, **FIRST}, (2, 2, 7, 6)),
    )
] + [
    Case("Resizing", {"height": 4, "width": 8, "interpolation": "nearest"}, BYTES, label="bytes"),
    Case("Resizing", {"height": 10, "width": 14, "interpolation": "bilinear"}, BYTES),
]
CROPS = [
    Case("CenterCrop", {"height": 3, "width": 4}, (2, 6, 7, 2)),
    Case("CenterCrop", {"height": 3, "width": 4, **FIRST}, (2, 6, 7)),
    Case("CenterCrop", {"height": 5, "width": 7}, (2, 5, 7, 2), label="whole"),
    Case("CenterCrop", {"height": 8, "width": 4}, (2, 6, 7, 2), label="smaller image"),
    Case("CenterCrop", {"height": 3, "width": 2}, BYTES, label="bytes"),
]


def random_cases(layer, arguments, shape, label=""):
    """A row for inference and one for training."""
    arguments = {"seed": 3, **arguments}
    label = label or ",".join(f"{key}={value}" for key, value in arguments.items())
    return [
        Case(layer, arguments, shape, INFERENCE, f"{label}, unchanged"),
        Case(layer, arguments, shape, label=label, training=(True,)),
    ]


FACTORS = {
    "RandomRotation": {"factor": 0.3},
    "RandomTranslation": {"height_factor": 0.4, "width_factor": [-0.1, 0.5]},
    "RandomZoom": {"height_factor": [-0.5, 0.3], "width_factor": 0.4},
}
RANDOM = [
    *random_cases("RandomFlip", {}, (8, 3, 4, 2)),
    *random_cases("RandomFlip", {"mode": "horizontal", **FIRST}, (8, 3, 4, 2)),
    *random_cases("RandomFlip", {"mode": "vertical"}, (3, 4, 2)),
    *random_cases("RandomContrast", {"factor": 0.8, "value_range": [-3, 3]}, (4, 3, 4, 2)),
    *random_cases("RandomContrast", {"factor": [0.2, 0.7], **FIRST}, (3, 4, 5), "clipped"),
    *random_cases("RandomBrightness", {"factor": 0.4, "value_range": [-1, 1]}, (4, 3, 4, 2)),
    *random_cases("RandomBrightness", {"factor": [-0.2, 0.1], "value_range": [-8, 8]}, (3, 4, 2)),
    *[
        case
        for layer, factors in FACTORS.items()
        for fill_mode, interpolation, more, shape in (
            ("reflect", "bilinear", {}, (3, 5, 6, 2)),
            ("wrap", "bilinear", FIRST, (2, 2, 5, 6)),
            ("constant", "bilinear", {"fill_value": 0.5}, (5, 6, 2)),
            ("nearest", "bilinear", {}, (2, 6, 4, 1)),
            ("reflect", "nearest", {}, (2, 5, 6, 2)),
            ("constant", "nearest", {"fill_value": -1.0, **FIRST}, (2, 5, 6)),
        )
        for case in random_cases(
            layer,
            {"fill_mode": fill_mode, "interpolation": interpolation, **factors, **more},
            shape,
            f"{fill_mode}, {interpolation}",
        )
    ],
    *random_cases("RandomZoom", {"height_factor": 0.4}, (2, 5, 6, 2), "one factor"),
]
INTEGERS = [
    Case("RandomFlip", {"seed": 3}, BYTES, training=(True,), label="bytes"),
    Case("RandomRotation", {"factor": 0.1, "seed": 3}, BYTES, INFERENCE, "bytes, unchanged"),
]
SEED = {"seed": 3}
COLOR = {"factor": [0.1, 0.5], "value_range": [0, 255], **SEED}
PASSING = [
    Case(layer, arguments, shape, INFERENCE)
    for shape in ((2, 4, 5, 3), BYTES)
    for layer, arguments in (
        ("AugMix", SEED),
        ("CutMix", SEED),
        ("Equalization", {"value_range": [0, 1], "bins": 16, **FIRST}),
        ("MixUp", SEED),
        ("RandAugment", SEED),
        ("RandomColorDegeneration", COLOR),
        ("RandomColorJitter", {"hue_factor": 0.2, "value_range": [0, 1], **SEED}),
        ("RandomElasticTransform", {"scale": 0.5, **SEED}),
        ("RandomErasing", {"scale": [0.1, 0.2], **SEED}),
        ("RandomGaussianBlur", {"kernel_size": 5, "sigma": 0.5, **SEED}),
        ("RandomGrayscale", {"factor": 0.25, **SEED}),
        ("RandomHue", COLOR),
        ("RandomInvert", SEED),
        ("RandomPerspective", {"scale": 0.5, **SEED}),
        ("RandomPosterization", {**COLOR, "factor": 4}),
        ("RandomSaturation", COLOR),
        ("RandomSharpness", COLOR),
        ("RandomShear", {"x_factor": 0.25, "y_factor": [0.1, 0.2], **SEED}),
        ("Solarization", {"addition_factor": 0.5, **SEED}),
        ("MaxNumBoundingBoxes", {"max_number": 3}),
    )
]


def part(class_name, **config):
    """The config of a layer of a pipeline."""
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": class_name.lower(), **config},
        "registered_name": None,
    }


PIPELINES = [
    Case(
        "Pipeline",
        {
            "dtype": None,
            "layers": [
                part("Rescaling", scale=2.0, offset=0.5),
                part("RandomFlip", seed=3),
                part("CenterCrop", height=2, width=3),
            ],
        },
        (4, 3, 4, 2),
        call,
        label,
        training,
    )
    for call, label, training in (
        (INFERENCE, "inference", (False,)),
        ({}, "augmenting", (True,)),
    )
]

CASES = PASSING + PIPELINES + RESIZING + CROPS + RANDOM + INTEGERS
