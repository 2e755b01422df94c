"""Decompositions, of what does not depend on the signs of vectors."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw
from comparisons.harness.conformance.operation_cases.linear_algebra import SQUARE, positive_definite


def up_to_signs(ops, parts):
    """The parts in which signs are free, squared."""
    return [ops.square(part) for part in parts]


def symmetric(ops, x):
    """A symmetric matrix: which of two equal entries has the gradient is a convention."""
    return x + ops.transpose(x, (0, 2, 1))


CASES = [
    Case("Cholesky", lambda ops, x: ops.cholesky(positive_definite(ops, x)), SQUARE),
    Case(
        "Cholesky-upper",
        lambda ops, x: ops.cholesky(positive_definite(ops, x), upper=True),
        (Draw((2, 4)),),
    ),
    Case("CholeskyInverse", lambda ops, x: ops.cholesky_inverse(x), SQUARE),
    Case("CholeskyInverse-upper", lambda ops, x: ops.cholesky_inverse(x, upper=True), SQUARE),
    Case("Eigh", lambda ops, x: up_to_signs(ops, ops.eigh(symmetric(ops, x))), SQUARE),
    Case("Eigh-values", lambda ops, x: ops.eigh(symmetric(ops, x))[0], SQUARE),
    Case("Qr", lambda ops, x: up_to_signs(ops, ops.qr(x))),
    Case("Qr-square", lambda ops, x: up_to_signs(ops, ops.qr(x, mode="complete")), SQUARE),
    Case("Qr-wide", lambda ops, x: up_to_signs(ops, ops.qr(x)), (Draw((2, 4)),)),
    Case("SVD", lambda ops, x: up_to_signs(ops, ops.svd(x)), SQUARE),
    Case("SVD-tall", lambda ops, x: up_to_signs(ops, ops.svd(x, full_matrices=False))),
    Case(
        "SVD-wide",
        lambda ops, x: up_to_signs(ops, ops.svd(x, full_matrices=False)),
        (Draw((3, 4)),),
    ),
    Case("SVD-values", lambda ops, x: ops.svd(x, compute_uv=False)),
    Case("SVD-product", lambda ops, x: ops.matmul(*ops.svd(x)[::2]), SQUARE),
]
