"""Cases of the activation layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

# Where each activation function has no derivative. At those points the values are asserted in
# tests/comparisons/test_activations_against_keras.py.
KINKS = {
    "hard_shrink": (-0.5, 0.5),
    "hard_sigmoid": (-3.0, 3.0),
    "hard_silu": (-3.0, 3.0),
    "hard_swish": (-3.0, 3.0),
    "hard_tanh": (-1.0, 1.0),
    "leaky_relu": (0.0,),
    "relu": (0.0,),
    "relu6": (0.0, 6.0),
    "selu": (0.0,),
    "soft_shrink": (-0.5, 0.5),
    "sparse_sigmoid": (-1.0, 1.0),
}
SMOOTH = (
    "celu",
    "elu",
    "exponential",
    "gelu",
    "glu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
)


row_mask = np.array([[True, True, False, True], [False] * 4, [True] * 4])
number_mask = np.array([[1.0, 0.2, 0.7, 0.0]])

CASES = [
    *(
        Case(
            "Activation",
            {"activation": name},
            (4, 10),
            away_from=KINKS.get(name, ()),
        )
        for name in (*SMOOTH, *KINKS)
    ),
    Case("Activation", {"activation": "softmax"}, (2, 3, 4, 5), label="softmax of 4 axes"),
    Case("Activation", {"activation": "softmax"}, (3, 70), label="softmax of long rows"),
    Case("Activation", {"activation": "relu"}, (3,), label="one axis", away_from=(0.0,)),
    Case("ReLU", {}, (3, 4), away_from=(0.0,)),
    Case("ReLU", {"max_value": 1.0}, (5, 6), away_from=(0.0, 1.0)),
    Case("ReLU", {"max_value": 6}, (5, 6), away_from=(0.0, 6.0)),
    Case("ReLU", {"negative_slope": 0.3}, (5, 6), away_from=(0.0,)),
    Case("ReLU", {"negative_slope": 0.25}, (5, 6), away_from=(0.0,)),
    Case("ReLU", {"threshold": 0.5}, (5, 6), away_from=(0.5,)),
    Case("ReLU", {"max_value": 0.7}, (5, 6), away_from=(0.0, 0.7)),
    Case("ReLU", {"max_value": 0.75, "negative_slope": 2}, (5, 6), away_from=(0.0, 0.75)),
    Case("ReLU", {"negative_slope": 0.25, "threshold": 0.4}, (5, 6), away_from=(0.4,)),
    Case(
        "ReLU",
        {"max_value": 1.0, "negative_slope": 0.5, "threshold": 0.3},
        (5, 6),
        away_from=(0.3, 1.0),
        label="all arguments",
    ),
    Case("LeakyReLU", {}, (2, 3, 4), away_from=(0.0,)),
    Case("LeakyReLU", {"negative_slope": 0.25}, (2, 3, 4), away_from=(0.0,)),
    Case("LeakyReLU", {"negative_slope": 1.5}, (5, 6), away_from=(0.0,)),
    Case("LeakyReLU", {"negative_slope": 0}, (5, 6), away_from=(0.0,)),
    Case("ELU", {}, (2, 3, 4), away_from=(0.0,)),
    Case("ELU", {"alpha": 0.4}, (5, 6), away_from=(0.0,)),
    Case("PReLU", {}, (4, 3), away_from=(0.0,)),
    Case("PReLU", {"shared_axes": 1}, (2, 3, 4), away_from=(0.0,)),
    Case("PReLU", {"shared_axes": [1, 2]}, (2, 3, 4, 5), away_from=(0.0,)),
    Case(
        "PReLU",
        {
            "alpha_initializer": "glorot_uniform",
            "alpha_regularizer": "l2",
            "alpha_constraint": "non_neg",
        },
        (4, 3, 2),
        label="initializer, regularizer, constraint",
        away_from=(0.0,),
    ),
    Case("Softmax", {}, (3, 4)),
    Case("Softmax", {"axis": 1}, (2, 3, 4)),
    Case("Softmax", {"axis": [1]}, (2, 3, 4)),
    Case("Softmax", {"axis": [1, 2]}, (2, 3, 4)),
    Case("Softmax", {"axis": [-1, 1]}, (2, 3, 4, 2)),
    Case("Softmax", {}, (3, 4), call={"mask": row_mask}, label="mask, one row empty"),
    Case("Softmax", {}, (2, 3, 4), call={"mask": number_mask}, label="mask of numbers"),
    Case(
        "Softmax", {"axis": [1, 2]}, (2, 3, 4), call={"mask": row_mask}, label="mask over two axes"
    ),
]
