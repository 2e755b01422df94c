"""Cases of the pooling layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case


def spaced(shape):
    """An array of distinct values, 1/16 apart: no maximum is near another entry."""
    order = np.random.default_rng(0).permutation(np.prod(shape))
    return ((order - order.size // 2) / 16).reshape(shape)


FIRST = {"data_format": "channels_first"}
SAME = {"padding": "same"}
# Equal entries in a window: the first of them takes the gradient.
TIES = np.random.default_rng(2).integers(0, 3, (2, 6, 7, 2)).astype("float64")
NO_DERIVATIVE = {
    "training": (True,),
    "calculus": False,
    "note": "of equal entries the maximum has no derivative",
}
STEPS = np.array([[1, 1, 0, 1, 0], [0, 1, 0, 0, 0]], dtype="bool")

WINDOWS = [
    Case(f"{kind}Pooling{rank}D", arguments, spaced(shape) if kind == "Max" else shape)
    for kind in ("Max", "Average")
    for rank, arguments, shape in [
        (1, {"pool_size": 2}, (2, 6, 3)),
        (1, {"pool_size": 3, "strides": 2, **SAME}, (2, 7, 3)),
        (1, {"pool_size": 2, "strides": 1, **FIRST}, (2, 3, 5)),
        (2, {"pool_size": 2}, (2, 4, 6, 3)),
        (2, {"pool_size": 2}, (2, 5, 7, 1)),
        (2, {"pool_size": 2, **SAME}, (2, 5, 6, 3)),
        (2, {"pool_size": 3, "strides": 2}, (2, 7, 8, 2)),
        (2, {"pool_size": (3, 2), "strides": (2, 1), "padding": "SAME"}, (2, 6, 5, 2)),
        (2, {"pool_size": 2, "strides": 3}, (2, 8, 7, 2)),
        (2, {"pool_size": 2, **FIRST}, (2, 3, 4, 5)),
        (3, {"pool_size": 2}, (2, 4, 5, 6, 2)),
        (3, {"pool_size": (2, 3, 1), "strides": (1, 2, 2), **SAME}, (2, 4, 5, 3, 2)),
        (3, {"pool_size": 2, **FIRST}, (2, 2, 4, 5, 3)),
    ]
]

GLOBAL = [
    Case(f"Global{kind}Pooling{rank}D", arguments, spaced(shape) if kind == "Max" else shape)
    for kind in ("Max", "Average")
    for rank, shape in [(1, (2, 5, 3)), (2, (2, 4, 3, 5)), (3, (2, 3, 2, 4, 3))]
    for arguments in ({}, {"keepdims": True}, FIRST, {**FIRST, "keepdims": True})
]

ADAPTIVE = [
    Case(f"Adaptive{kind}Pooling{rank}D", arguments, spaced(shape) if kind == "Max" else shape)
    for kind in ("Max", "Average")
    for rank, arguments, shape in [
        (1, {"output_size": 3}, (2, 6, 2)),
        (1, {"output_size": 3}, (2, 8, 2)),
        (1, {"output_size": [5], **FIRST}, (2, 2, 7)),
        (1, {"output_size": 7}, (2, 5, 2)),
        (2, {"output_size": 2}, (2, 5, 6, 2)),
        (2, {"output_size": (3, 2)}, (2, 7, 5, 2)),
        (2, {"output_size": (3, 4), **FIRST}, (2, 2, 7, 5)),
        (3, {"output_size": (2, 3, 4)}, (2, 3, 5, 4, 2)),
        (3, {"output_size": 2, **FIRST}, (2, 2, 3, 4, 5)),
    ]
]

CASES = [
    *WINDOWS,
    *ADAPTIVE,
    *GLOBAL,
    Case("MaxPooling2D", {}, (2, 4, 4, 2)),
    Case("MaxPooling2D", {"pool_size": 3, "strides": 2}, TIES, label="ties", **NO_DERIVATIVE),
    Case("MaxPooling1D", {"pool_size": 2}, TIES[:, 0], label="ties", **NO_DERIVATIVE),
    Case("AdaptiveMaxPooling2D", {"output_size": (3, 2)}, TIES, label="ties", **NO_DERIVATIVE),
    Case("GlobalMaxPooling2D", {}, TIES, label="ties", **NO_DERIVATIVE),
    Case("GlobalAveragePooling1D", {}, (2, 5, 3), {"mask": STEPS}, "mask"),
    Case(
        "GlobalAveragePooling1D",
        {"keepdims": True, **FIRST},
        (2, 3, 5),
        {"mask": STEPS},
        "mask, channels first",
    ),
]
