"""Numbers put at places of an array."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

X = Draw((4, 3), "positive")
ROWS = Draw((4, 3), "positive")


def along(*shape):
    """Integers from 0 to 3 in a batch of this shape."""
    return Draw(shape, "integer")


def matrix(ops, x):
    """(4, 4), for what no batch goes through."""
    return ops.mean(x, axis=0)


def update(reduction, places=None):
    """A call of `scatter_update` with places that the graph computes, or that are constant."""
    if places is None:
        return lambda ops, x, i, u: ops.scatter_update(matrix(ops, x), i, u, reduction=reduction)
    return lambda ops, x, u: ops.scatter_update(x, places, u, reduction=reduction)


def by_entry(shape):
    """Places of entries of a matrix, and numbers for them."""
    return along(*shape, 2), Draw(shape, "positive")


CASES = [
    Case("Scatter", lambda ops, i, v: ops.scatter(i, v, (5, 2)), (along(1), Draw((2,)))),
    Case(
        "Scatter-constant-places", lambda ops, v: ops.scatter([[0], [2], [0]], v, (4, 4, 3)), (X,)
    ),
    Case("Scatter-entries", lambda ops, i, v: ops.scatter(i, v, (4, 4)), (along(2), Draw(()))),
    Case(
        "Scatter-blocks",
        lambda ops, i, v: ops.scatter(i, v, (4, 4, 2)),
        (along(5, 2), Draw((5, 2))),
    ),
    Case(
        "Scatter-integers",
        lambda ops, i, v: ops.scatter(i, v, (4,)),
        (along(1), Draw((), "integer")),
    ),
    Case("ScatterUpdate", update(None, places=[[0], [2], [1]]), (X, ROWS)),
    Case(
        "ScatterUpdate-entries",
        update(None, places=[[0, 1], [2, 3], [0, 3]]),
        (X, Draw((3,), "positive")),
    ),
    *(
        case
        for reduction in ("add", "max", "min", "mul")
        for case in (
            Case(
                f"ScatterUpdate-{reduction}",
                update(reduction, places=[[0], [2], [0]]),
                (X, ROWS),
            ),
            Case(
                f"ScatterUpdate-{reduction}-entries",
                update(reduction),
                # Of equal places in one row of `indices` Keras takes but one into a product.
                (Draw((4, 4), "positive"), *by_entry(() if reduction == "mul" else (5,))),
            ),
        )
    ),
    Case(
        "ScatterUpdate-integers",
        update("max", places=[[0], [2], [0]]),
        (along(2), along(2)),
    ),
]
