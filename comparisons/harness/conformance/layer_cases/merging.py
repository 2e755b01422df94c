"""Cases of the merging layers."""

import numpy as np

from comparisons.harness.conformance.layer_cases.case import Case

SAME = [(3, 4, 2), (3, 4, 2)]
THREE = [(3, 4), (3, 4), (3, 4)]
BROADCAST = [(3, 1, 2), (3, 4, 2), (3, 4, 1)]
RANKS = [(3, 2), (3, 5, 4, 2), (3, 4, 1)]
ALONE = [(3, 4)]
ELEMENTWISE = ("Add", "Average", "Multiply", "Maximum", "Minimum")
integers = np.array([[1, 2], [3, 4], [5, 7]])

CASES = [
    *(
        Case(layer, {}, inputs, label=label)
        for layer in ELEMENTWISE
        for label, inputs in (
            ("two", SAME),
            ("three", THREE),
            ("broadcast", BROADCAST),
            ("of other ranks", RANKS),
            ("one", ALONE),
        )
    ),
    *(
        Case(layer, {}, [integers, integers[::-1].copy()], label="integers")
        for layer in ELEMENTWISE
        if layer != "Average"
    ),
    Case("Add", {}, [(3, 2), integers.astype("int32")], label="floats and integers"),
    Case("Subtract", {}, SAME),
    Case("Subtract", {}, [(3, 2), (3, 4, 2)], label="broadcast"),
    Case("Concatenate", {}, [(3, 2), (3, 4)]),
    Case("Concatenate", {"axis": 1}, [(2, 1, 3), (2, 4, 3), (2, 2, 3)]),
    Case("Concatenate", {"axis": -2}, [(2, 1, 3), (2, 4, 3)]),
    Case("Concatenate", {"axis": 0}, [(2, 3), (4, 3)]),
    Case("Concatenate", {}, ALONE, label="one"),
    Case("Concatenate", {}, [(3, 2), integers.astype("int32")], label="floats and integers"),
    Case("Dot", {"axes": 1}, [(3, 4), (3, 4)]),
    Case("Dot", {"axes": -1, "normalize": True}, [(3, 4), (3, 4)]),
    Case("Dot", {"axes": 2}, [(2, 3, 4), (2, 5, 4)]),
    Case("Dot", {"axes": [1, 2]}, [(2, 3, 5), (2, 4, 3)]),
    Case("Dot", {"axes": [-1, 1], "normalize": True}, [(2, 3, 5), (2, 5, 4)]),
    Case("Dot", {"axes": [1, 2]}, [(2, 4), (2, 3, 4)], label="axes of ranks 2 and 3"),
    Case("Dot", {"axes": [2, 1]}, [(2, 3, 4), (2, 4)], label="axes of ranks 3 and 2"),
    Case("Dot", {"axes": [2, 3]}, [(2, 3, 4, 5), (2, 2, 3, 4)], label="axes of rank 4"),
]
