"""Norms and distances."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INFINITY = float("inf")


def norm(name, **arguments):
    """A case of a norm."""
    return Case(f"Norm-{name}", lambda ops, x: ops.norm(x, **arguments))


CASES = [
    norm("of-vectors", axis=1),
    norm("of-vectors-keepdims", axis=-1, ord=2, keepdims=True),
    norm("largest", axis=-1, ord=INFINITY),
    norm("smallest", axis=-1, ord=-INFINITY, keepdims=True),
    norm("number", axis=1, ord=0),
    norm("order-1", axis=1, ord=1),
    norm("order-3", axis=1, ord=3, keepdims=True),
    norm("order-minus-2", axis=1, ord=-2),
    norm("order-half", axis=1, ord=0.5),
    norm("of-matrices", axis=(1, 2)),
    norm("frobenius", axis=(-2, -1), ord="fro", keepdims=True),
    norm("columns", axis=(1, 2), ord=1),
    norm("columns-across", axis=(2, 1), ord=1),
    norm("columns-least", axis=(0, 2), ord=-1),
    norm("rows", axis=(1, 2), ord=INFINITY, keepdims=True),
    norm("rows-least", axis=(1, -1), ord=-INFINITY),
    norm("nuclear", axis=(1, 2), ord="nuc", keepdims=True),
    norm("spectral", axis=(1, 2), ord=2),
    norm("spectral-least", axis=(2, 1), ord=-2),
    Case("Norm-of-all", lambda ops, x: ops.norm(x), (Draw((4,)),)),
    Case("Norm-integers", lambda ops, x: ops.norm(x, axis=1), (Draw((4, 3), "integer"),)),
    Case("CDist", lambda ops, a, b: ops.cdist(a, b), (Draw((4, 3)), Draw((5, 3)))),
    Case("CDist-broadcast", lambda ops, a, b: ops.cdist(a, b), (Draw((2, 4, 3)), Draw((1, 5, 3)))),
]
