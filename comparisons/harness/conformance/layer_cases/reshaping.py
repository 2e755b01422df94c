"""Cases of the reshaping layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

FIRST = {"data_format": "channels_first"}
INTEGERS = np.arange(24).reshape(2, 3, 4, 1)

CASES = [
    Case("Flatten", {}, (2, 3, 4)),
    Case("Flatten", {}, (3,), label="batch axis alone"),
    Case("Flatten", {}, (2, 5), label="flat already"),
    Case("Flatten", {"data_format": "channels_first"}, (2, 3, 4, 5)),
    Case("Flatten", {"data_format": "channels_first"}, (3,), label="channels first, batch alone"),
    Case("Reshape", {"target_shape": [3, 4]}, (2, 12)),
    Case("Reshape", {"target_shape": [-1, 2, 2]}, (2, 3, 4)),
    Case("Reshape", {"target_shape": [8]}, (3, 2, 4)),
    Case("Reshape", {"target_shape": [1, -1]}, (3, 2, 4)),
    Case("Permute", {"dims": [2, 1]}, (2, 3, 4)),
    Case("Permute", {"dims": [3, 1, 2]}, (2, 3, 4, 5)),
    Case("Permute", {"dims": [1]}, (2, 3)),
    Case("RepeatVector", {"n": 3}, (2, 4)),
    Case("RepeatVector", {"n": 1}, (2, 4)),
    Case("Cropping1D", {}, (2, 5, 3)),
    Case("Cropping1D", {"cropping": 2}, (2, 5, 3)),
    Case("Cropping1D", {"cropping": [0, 2]}, (2, 5, 3)),
    Case("Cropping1D", {"cropping": [3, 0]}, (2, 5, 3)),
    Case("Cropping2D", {}, (2, 5, 4, 3)),
    Case("Cropping2D", {"cropping": 1}, (2, 5, 4, 3)),
    Case("Cropping2D", {"cropping": [2, 1]}, (2, 5, 4, 3)),
    Case("Cropping2D", {"cropping": [[1, 0], [0, 2]], **FIRST}, (2, 3, 5, 4)),
    Case("Cropping2D", {"cropping": [[0, 0], [1, 0]]}, (2, 5, 4, 3)),
    Case("Cropping3D", {}, (1, 3, 4, 5, 2)),
    Case("Cropping3D", {"cropping": 1, **FIRST}, (1, 2, 3, 4, 5)),
    Case("Cropping3D", {"cropping": [[0, 1], [2, 0], [0, 0]]}, (1, 3, 4, 5, 2)),
    Case("Cropping3D", {"cropping": [1, 0, 2], **FIRST}, (1, 2, 3, 4, 5)),
    Case("ZeroPadding1D", {}, (2, 3, 2)),
    Case("ZeroPadding1D", {"padding": [0, 2]}, (2, 3, 2)),
    Case("ZeroPadding1D", {"padding": [1, 3], **FIRST}, (2, 3, 2)),
    Case("ZeroPadding2D", {}, (2, 3, 2, 2)),
    Case("ZeroPadding2D", {"padding": 2, **FIRST}, (2, 3, 2, 2)),
    Case("ZeroPadding2D", {"padding": [[1, 0], [0, 3]]}, (2, 3, 2, 2)),
    Case("ZeroPadding2D", {"padding": [0, 1], **FIRST}, (2, 3, 2, 2)),
    Case("ZeroPadding3D", {}, (1, 2, 3, 2, 2)),
    Case("ZeroPadding3D", {"padding": 1, **FIRST}, (1, 2, 3, 2, 2)),
    Case("ZeroPadding3D", {"padding": [[1, 0], [0, 2], [1, 1]]}, (1, 2, 3, 2, 2)),
    Case("UpSampling1D", {}, (2, 3, 2)),
    Case("UpSampling1D", {"size": 3}, (2, 3, 2)),
    Case("UpSampling2D", {}, (2, 3, 2, 2)),
    Case("UpSampling2D", {"size": [1, 3], **FIRST}, (2, 2, 3, 2)),
    Case("UpSampling2D", {"size": 2}, INTEGERS, label="integers"),
    Case("UpSampling2D", {"interpolation": "bilinear"}, (2, 3, 4, 2)),
    Case(
        "UpSampling2D",
        {"size": [3, 2], "interpolation": "bilinear", **FIRST},
        (2, 2, 3, 4),
    ),
    # Factors of two alone: for others TensorFlow looks the cubic's weights up in a coarse table.
    Case("UpSampling2D", {"interpolation": "bicubic"}, (2, 3, 5, 2)),
    Case(
        "UpSampling2D",
        {"size": [1, 4], "interpolation": "bicubic", **FIRST},
        (2, 2, 3, 5),
    ),
    Case("UpSampling2D", {"interpolation": "lanczos3"}, (2, 3, 8, 2)),
    Case("UpSampling2D", {"size": 3, "interpolation": "lanczos5"}, (1, 12, 2, 1)),
    Case(
        "UpSampling2D",
        {"size": [3, 1], "interpolation": "lanczos3", **FIRST},
        (1, 2, 4, 5),
    ),
    Case("UpSampling3D", {}, (1, 2, 3, 2, 2)),
    Case("UpSampling3D", {"size": [1, 2, 3], **FIRST}, (1, 2, 3, 2, 2)),
]
