"""Sums, means and extrema over axes."""

from tests.operation_cases.case import Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)

CASES = [
    Case("Sum", lambda ops, x: ops.sum(x, axis=1)),
    Case("Sum-of-all", lambda ops, x: ops.sum(x)),
    Case("Mean", lambda ops, x: ops.mean(x, axis=(1, 2), keepdims=True)),
    Case("Mean-integers", lambda ops, x: ops.mean(x, axis=-1), INTEGERS),
    Case("Max", lambda ops, x: ops.max(x, axis=(1, -1), keepdims=True)),
    Case("Max-of-all", lambda ops, x: ops.max(x)),
    Case("Min", lambda ops, x: ops.min(x, axis=-1)),
]
