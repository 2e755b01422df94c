"""Products of vectors."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

VECTOR = (Draw(()),)
PAIR = (Draw((4, 3)), Draw((4, 3)))

CASES = [
    Case("Outer", lambda ops, a, b: ops.outer(a, b), VECTOR * 2),
    Case("Outer-matrix", lambda ops, a: ops.outer(a, np.arange(1, 7)), (Draw((1,)),)),
    Case("Vdot", lambda ops, a, b: ops.vdot(a, b), PAIR),
    Case("Vdot-integers", lambda ops, a, b: ops.vdot(a, b), (Draw((4, 3), "integer"), PAIR[0])),
    Case("Cross", lambda ops, a, b: ops.cross(a, b), (Draw((4, 3)), Draw((1, 3)))),
    Case("Cross-flat", lambda ops, a, b: ops.cross(a, b), (Draw((4, 2)), Draw((4, 2)))),
    Case("Cross-one-flat", lambda ops, a, b: ops.cross(a, b), (Draw((4, 2)), Draw((4, 3)))),
    Case(
        "Cross-axes",
        lambda ops, a, b: ops.cross(a, b, axisa=1, axisb=2, axisc=0),
        (Draw((3, 4)), Draw((1, 3))),
    ),
    Case("Cross-axis", lambda ops, a, b: ops.cross(a, b, axis=1), (Draw((3, 4)), Draw((3, 1)))),
] + [
    Case(
        f"Correlate-{mode}",
        lambda ops, a, b, mode=mode: ops.correlate(
            ops.reshape(a, (12,)), ops.reshape(b, (6,)), mode
        ),
        (Draw((4,)), Draw((2,))),
    )
    for mode in ("valid", "same", "full")
]
