"""The tables of what is done to weights: regularizers and constraints."""

import numpy as np

REGULARIZERS = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {}),
    ("L1L2", {"l1": 0.25}),
    ("L1L2", {"l1": 0.25, "l2": 0.5}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.3, "mode": "columns"}),
]
CONSTRAINTS = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}),
    ("MaxNorm", {"max_value": 1, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 1.5, "max_value": 1.75, "rate": 0.3, "axis": 1}),
]

# A weight with an exact zero, rounded so that every precision starts from the same numbers.
WEIGHT = np.random.default_rng(0).standard_normal((5, 4)).astype("float32").astype("float64")
WEIGHT[1, 2] = 0.0
SIZES = (0.0, 0.1, 1.0, 10.0)
