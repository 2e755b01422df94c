"""Cumulative sums and products, integrals, differences."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)
TRUTHS = (Draw((4, 3), "bool"),)

CASES = [
    Case("Cumsum", lambda ops, x: ops.cumsum(x, axis=1)),
    Case("Cumsum-all", lambda ops, x: ops.cumsum(x), (Draw((1,)),)),
    Case("Cumsum-truths", lambda ops, x: ops.cumsum(x, axis=-1), TRUTHS),
    Case("Cumsum-dtype", lambda ops, x: ops.cumsum(x, axis=-1, dtype="float32"), INTEGERS),
    Case("Cumprod", lambda ops, x: ops.cumprod(x, axis=-2)),
    Case("Cumprod-integers", lambda ops, x: ops.cumprod(x, axis=0), INTEGERS),
    Case("Trapezoid", lambda ops, y: ops.trapezoid(y)),
    Case("Trapezoid-step", lambda ops, y: ops.trapezoid(y, dx=0.5, axis=1)),
    Case("Trapezoid-places", lambda ops, y: ops.trapezoid(y, x=[0.5, 1.0, 3.0])),
    Case(
        "Trapezoid-places-for-each",
        lambda ops, y: ops.trapezoid(y, x=[[[0.5, 1.0, 3.0], [2.0, 2.5, 1.0]]], axis=1),
        (Draw((2, 3)),),
    ),
    Case("Trapezoid-integers", lambda ops, y: ops.trapezoid(y, axis=0), INTEGERS),
    Case("Diff", lambda ops, x: ops.diff(x)),
    Case("Diff-twice", lambda ops, x: ops.diff(x, n=2, axis=1)),
    Case("Diff-first-axis", lambda ops, x: ops.diff(x, axis=0)),
    Case("Diff-none", lambda ops, x: ops.diff(x, n=0)),
    Case("Diff-too-often", lambda ops, x: ops.diff(x, n=4)),
    Case("Diff-integers", lambda ops, x: ops.diff(x, axis=-2), INTEGERS),
    Case("Diff-truths", lambda ops, x: ops.diff(x), TRUTHS),
]
