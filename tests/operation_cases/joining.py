"""Arrays joined and cut apart."""

from tests.operation_cases.case import Case, Draw

CASES = [
    Case(
        "Concatenate",
        lambda ops, a, b: ops.concatenate([a, b], axis=1),
        (Draw((4, 3)), Draw((2, 3))),
    ),
    Case("Stack", lambda ops, x: ops.stack([x, 2 * x], axis=1)),
    Case("Stack-last", lambda ops, x: ops.stack([x, x], axis=-1)),
]
