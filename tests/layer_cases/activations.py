"""Cases of the activation layers."""

from tests.layer_cases.case import Case

CASES = [
    Case("Activation", {"activation": "relu"}, (3, 4), away_from=(0.0,)),
    Case("Activation", {"activation": "sigmoid"}, (3, 4)),
]
