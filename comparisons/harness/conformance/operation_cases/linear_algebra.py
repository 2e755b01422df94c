"""Determinants, inverses and linear systems."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

SQUARE = (Draw((3, 3)),)


def positive_definite(ops, x):
    """Symmetric matrices from any."""
    unit = np.eye(x.shape[-1], dtype=x.dtype)
    return ops.matmul(ops.transpose(x, (0, 2, 1)), x) + unit


CASES = [
    Case("Det", lambda ops, x: ops.det(x), SQUARE),
    Case("Det-many", lambda ops, x: ops.det(x), (Draw((2, 4, 4)),)),
    Case("Slogdet", lambda ops, x: ops.slogdet(x)[1], SQUARE),
    Case("Logdet", lambda ops, x: ops.logdet(positive_definite(ops, x)), SQUARE),
    Case("Inv", lambda ops, x: ops.inv(x), SQUARE),
    Case("Solve", lambda ops, a, b: ops.solve(a, b), (*SQUARE, Draw((3, 2)))),
    Case("Solve-column", lambda ops, a, b: ops.solve(a, b), (*SQUARE, Draw((3,)))),
    Case("SolveTriangular", lambda ops, a, b: ops.solve_triangular(a, b), SQUARE * 2),
    Case(
        "SolveTriangular-lower-column",
        lambda ops, a, b: ops.solve_triangular(a, b, lower=True),
        (*SQUARE, Draw((3,))),
    ),
    Case("Pinv", lambda ops, x: ops.pinv(x)),
    Case("Pinv-wide", lambda ops, x: ops.pinv(x, rcond=1e-3), (Draw((2, 4)),)),
    Case("Lstsq", lambda ops, a, b: ops.lstsq(a, b), (Draw((2,)), Draw((4,)))),
    Case("Lstsq-vector", lambda ops, a, b: ops.lstsq(a, b, rcond=0.0), (Draw((4,)), Draw(()))),
    Case("MatrixRank", lambda ops, x: ops.matrix_rank(x)),
    Case("MatrixRank-tol", lambda ops, x: ops.matrix_rank(x, tol=1.0), (Draw((2, 3, 4)),)),
]
