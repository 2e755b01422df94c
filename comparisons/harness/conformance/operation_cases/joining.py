"""Arrays joined."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

PAIR = (Draw((4, 3)), Draw((2, 3)))
MIXED = (Draw((4, 3)), Draw((2, 3), "integer"))
VECTORS = (Draw(()), Draw(()))

CASES = [
    Case("Concatenate", lambda ops, a, b: ops.concatenate([a, b], axis=1), PAIR),
    Case("Concatenate-first-axis", lambda ops, x: ops.concatenate([x, 2 * x])),
    Case("Concatenate-mixed", lambda ops, a, b: ops.concatenate([a, b], axis=-2), MIXED),
    Case(
        "Concatenate-a-constant",
        lambda ops, x: ops.concatenate([x, np.ones((3, 4, 2), "float32")], axis=-1),
    ),
    Case("Append", lambda ops, a, b: ops.append(a, b, axis=1), PAIR),
    Case("Append-all", lambda ops, a, b: ops.append(a, b), PAIR),
    Case("Append-mixed", lambda ops, a, b: ops.append(b, a, axis=-2), MIXED),
    Case("Vstack", lambda ops, x: ops.vstack([x, 2 * x])),
    Case("Vstack-vectors", lambda ops, a, b: ops.vstack([a, b]), VECTORS),
    Case("Hstack", lambda ops, a, b: ops.hstack([a, b]), PAIR),
    Case("Hstack-mixed", lambda ops, a, b: ops.hstack([b, a]), MIXED),
    Case("Dstack", lambda ops, a, b: ops.dstack([a, b]), (Draw((4, 3)), Draw((4, 1)))),
    Case("Dstack-matrices", lambda ops, a, b: ops.dstack([a, b]), (Draw((4,)), Draw((4,)))),
    Case("Dstack-vectors", lambda ops, a, b: ops.dstack([a, b]), VECTORS),
    Case("Stack", lambda ops, x: ops.stack([x, 2 * x], axis=1)),
    Case("Stack-last", lambda ops, x: ops.stack([x, x], axis=-1)),
    Case("Stack-mixed", lambda ops, a, b: ops.stack([b, a]), (Draw((2,)), Draw((2,), "integer"))),
    Case("Meshgrid", lambda ops, a, b: ops.meshgrid(a, b), VECTORS),
    Case(
        "Meshgrid-ij",
        lambda ops, a, b, c: ops.meshgrid(a, b, c, indexing="ij"),
        (Draw(()), Draw((2,)), Draw(())),
    ),
    Case(
        "Meshgrid-three",
        lambda ops, a, b, c: ops.meshgrid(a, b, ops.mean(c, axis=0)),
        (Draw(()), Draw(()), Draw((4,))),
    ),
]
