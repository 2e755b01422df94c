"""The table of activation functions, their arguments, and the numbers that they are given."""

import numpy as np

import reference_numpy as rn

# Arguments that float32 holds exactly, since TensorFlow rounds some of them to it.
ARGUMENTS = {
    "celu": [{}, {"alpha": 0.5}],
    "elu": [{}, {"alpha": 0.5}],
    "gelu": [{}, {"approximate": True}],
    "glu": [{}, {"axis": 0}],
    "hard_shrink": [{}, {"threshold": 1.0}],
    "leaky_relu": [{"negative_slope": 0.25}, {"negative_slope": 2.0}],
    "log_softmax": [{}, {"axis": 0}, {"axis": None}],
    "relu": [
        {},
        {"max_value": 2.0},
        {"max_value": 6.0},
        {"negative_slope": 0.25},
        {"threshold": 0.5},
        {"threshold": -0.5},
        {"threshold": -0.5, "max_value": 2.0},
        {"negative_slope": 0.25, "max_value": 2.0},
        {"negative_slope": 0.25, "max_value": 2.0, "threshold": 0.5},
    ],
    "soft_shrink": [{}, {"threshold": 1.0}],
    "softmax": [{}, {"axis": 0}, {"axis": None}],
    "squareplus": [{}, {"b": 1.0}],
    "threshold": [{"threshold": 1.0, "default_value": -2.0}],
}
CASES = [
    (name, arguments)
    for name in sorted(rn.activations.functions)
    for arguments in ARGUMENTS.get(name, [{}])
]
# Every kink of every function is among these numbers.
AT_KINKS = np.array(
    [[-30, -6, -3, -2, -1.5, -1, -0.5, -0.25], [0, 0.25, 0.5, 1, 2, 3, 6, 30]], "float64"
)
SMOOTH = np.random.default_rng(0).normal(size=(4, 6)).astype("float32").astype("float64") * 3
INPUTS = {"kinks": AT_KINKS, "smooth": SMOOTH}
