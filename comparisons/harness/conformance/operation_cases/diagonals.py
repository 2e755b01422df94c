"""Diagonals and triangles of matrices."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

VECTOR, MATRIX = (Draw(()),), (Draw((4,)),)
INTEGERS, TRUTHS = (Draw((4, 3), "integer"),), (Draw((4, 3), "bool"),)

CASES = [
    Case("Diag", lambda ops, x: ops.diag(x), VECTOR),
    Case("Diag-above", lambda ops, x: ops.diag(x, k=2), VECTOR),
    Case("Diag-below-known", lambda ops, x: ops.diag(ops.mean(x, axis=0), k=-1), MATRIX),
    Case("Diag-of-a-matrix", lambda ops, x: ops.diag(x), MATRIX),
    Case("Diag-of-a-matrix-below", lambda ops, x: ops.diag(ops.mean(x, axis=0), k=-2)),
    Case("Diagflat", lambda ops, x: ops.diagflat(x), MATRIX),
    Case("Diagflat-below", lambda ops, x: ops.diagflat(x, k=-2), VECTOR),
    Case("Diagflat-number", lambda ops, x: ops.diagflat(ops.mean(x), k=1)),
    Case("Diagonal", lambda ops, x: ops.diagonal(x)),
    Case("Diagonal-above", lambda ops, x: ops.diagonal(x, 1, 1, 2)),
    Case("Diagonal-below", lambda ops, x: ops.diagonal(x, -2, 1, -1)),
    Case("Diagonal-axes-swapped", lambda ops, x: ops.diagonal(x, -2, -1, 1)),
    Case("Diagonal-axes-between", lambda ops, x: ops.diagonal(x, 1, 1, 3), (Draw((4, 2, 3)),)),
    Case("Trace", lambda ops, x: ops.trace(x)),
    Case("Trace-above", lambda ops, x: ops.trace(x, 1, 1, 2)),
    Case("Trace-axes-swapped", lambda ops, x: ops.trace(x, -1, 2, -2)),
    Case("Trace-integers", lambda ops, x: ops.trace(x, 0, 1, 2), INTEGERS),
    Case("Trace-truths", lambda ops, x: ops.trace(x, 0, 1, 2), TRUTHS),
    Case("Tril", lambda ops, x: ops.tril(x)),
    Case("Tril-below", lambda ops, x: ops.tril(x, -1)),
    Case("Tril-above", lambda ops, x: ops.tril(x, 1)),
    Case("Tril-truths", lambda ops, x: ops.tril(x), TRUTHS),
    Case("Triu", lambda ops, x: ops.triu(x)),
    Case("Triu-above", lambda ops, x: ops.triu(x, 2)),
    Case("Triu-below", lambda ops, x: ops.triu(x, -1)),
    Case("Triu-integers", lambda ops, x: ops.triu(x), INTEGERS),
]
