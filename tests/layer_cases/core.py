"""Cases of the core layers."""

from tests.layer_cases.case import Case

CASES = [
    Case("Dense", {"units": 5}, (4, 3)),
    Case("Dense", {"units": 2, "activation": "tanh", "use_bias": False}, (2, 3, 4)),
]
