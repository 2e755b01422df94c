"""Products of matrices and tensors."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

VECTOR = (Draw(()),)
MATRIX = (Draw((4,)),)
SQUARE = (Draw((3,)),)
PAIR = (Draw((4, 3)), Draw((4, 3)))
INTEGERS = (Draw((4, 3), "integer"), Draw((3, 2), "integer"))


def constant(*shape):
    """Numbers that stand in the graph."""
    return np.random.default_rng(5).integers(-9, 9, shape)


CASES = [
    Case("Matmul", lambda ops, a, b: a @ b, (Draw((4, 3)), Draw((3, 2)))),
    Case("Matmul-broadcast", lambda ops, a, b: a @ b, (Draw((2, 4, 3)), Draw((1, 3, 2)))),
    Case("Matmul-vectors", lambda ops, a, b: a @ b, VECTOR * 2),
    Case("Matmul-row", lambda ops, a, b: a @ b, VECTOR + MATRIX),
    Case("Matmul-rows", lambda ops, a, b: a @ b, (Draw(()), Draw((3, 2)))),
    Case("Matmul-column", lambda ops, a: ops.matmul(a, constant(3)), (Draw((2, 4, 3)),)),
    Case("Matmul-columns", lambda ops, a, b: a @ b, (Draw((4, 3)), Draw(()))),
    Case("Matmul-integers", lambda ops, a, b: a @ b, INTEGERS),
    Case("Matmul-integers-and-floats", lambda ops, a, b: a @ b, (INTEGERS[0], Draw((3, 2)))),
    Case("Einsum", lambda ops, a, b: ops.einsum("abc,abd->acd", a, b), PAIR),
    Case("Einsum-implicit", lambda ops, a, b: ops.einsum("abc,abd", a, b), PAIR),
    Case("Einsum-of-one", lambda ops, a: ops.einsum("abc->cb", a)),
    Case("Einsum-diagonal", lambda ops, a: ops.einsum("aii->ai", a), (Draw((3, 3)),)),
    Case("Einsum-trace", lambda ops, a: ops.einsum("aii->a", a), (Draw((3, 3)),)),
    Case(
        "Einsum-three",
        lambda ops, a, b, c: ops.einsum("...bc,...bd,...e->...cde", a, b, c),
        (*PAIR, Draw((5,))),
    ),
    Case(
        "Einsum-broadcast",
        lambda ops, a, b: ops.einsum("...a,...a->...", a, b),
        (Draw((1, 3)), Draw((4, 3))),
    ),
    Case("Einsum-sum-apart", lambda ops, a, b: ops.einsum("abc,ade->ad", a, b), PAIR),
    Case("Einsum-integers", lambda ops, a, b: ops.einsum("abc,acd->abd", a, b), INTEGERS),
    Case("Tensordot", lambda ops, a, b: ops.tensordot(a, b, axes=[[0, 2], [0, 2]]), PAIR),
    Case("Tensordot-one", lambda ops, a, b: ops.tensordot(a, b, axes=[[-3], [0]]), PAIR),
    Case("Tensordot-crosswise", lambda ops, a: ops.tensordot(a, a, [[1, 0], [0, 1]]), SQUARE),
    Case(
        "Tensordot-number",
        lambda ops, a, b: ops.tensordot(a, ops.transpose(b, (1, 2, 0)), axes=2),
        PAIR,
    ),
    Case("Tensordot-none", lambda ops, a, b: ops.tensordot(a, b, axes=0), MATRIX * 2),
    Case("Dot", lambda ops, a, b: ops.dot(a, b), (Draw((4, 3)), Draw((3, 2)))),
    Case("Dot-vectors", lambda ops, a, b: ops.dot(a, b), VECTOR * 2),
    Case("Dot-vector", lambda ops, a: ops.dot(a, constant(3))),
    Case("Dot-number", lambda ops, a: ops.dot(a, 2.0)),
    Case("Inner", lambda ops, a, b: ops.inner(a, b), (Draw((4, 3)), Draw((5, 3)))),
    Case("Inner-vectors", lambda ops, a, b: ops.inner(a, b), VECTOR * 2),
    Case("Inner-integers", lambda ops, a: ops.inner(a, constant(3)), INTEGERS[:1]),
    Case("Kron", lambda ops, a, b: ops.kron(ops.reshape(a, (1, 3)), b), VECTOR + MATRIX),
    Case("Kron-constant", lambda ops, a: ops.kron(a, constant(1, 4)), MATRIX),
]
