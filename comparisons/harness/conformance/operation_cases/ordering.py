"""Sorting, and places in an order."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)
HOLES = (Draw((4, 3), "holes"),)
BOUNDS = np.array([-0.5, 0.0, 0.5])

CASES = [
    Case("Sort", lambda ops, x: ops.sort(x)),
    Case("Sort-middle-axis", lambda ops, x: ops.sort(x, axis=1)),
    Case("Sort-all", lambda ops, x: ops.sort(x, axis=None), (Draw((1,)),)),
    Case("Sort-integers", lambda ops, x: ops.sort(x, axis=-2), INTEGERS),
    Case("Argsort", lambda ops, x: ops.argsort(x, axis=1)),
    Case(
        "Argsort-all-integers", lambda ops, x: ops.argsort(x, axis=None), (Draw((1,), "integer"),)
    ),
    Case("Argmax", lambda ops, x: ops.argmax(x)),
    Case("Argmax-axis", lambda ops, x: ops.argmax(x, axis=-2, keepdims=True)),
    Case("Argmax-integers", lambda ops, x: ops.argmax(x, axis=1), INTEGERS),
    Case("Argmin", lambda ops, x: ops.argmin(x, axis=-1)),
    Case("Argmin-all", lambda ops, x: ops.argmin(x, keepdims=True)),
    Case("Nanargmax", lambda ops, x: ops.nanargmax(x, axis=1), HOLES),
    Case("Nanargmax-integers", lambda ops, x: ops.nanargmax(x, axis=1), INTEGERS),
    Case("Nanargmin", lambda ops, x: ops.nanargmin(x, axis=-1, keepdims=True), HOLES),
    Case("TopK", lambda ops, x: ops.top_k(x, 2)),
    Case("TopK-integers", lambda ops, x: ops.top_k(x, 3), INTEGERS),
    Case("TopK-places-alone", lambda ops, x: ops.top_k(x, 1)[1]),
    Case(
        "InTopK",  # TensorFlow takes float32 only
        lambda ops, targets, x: ops.in_top_k(targets, ops.cast(x, "float32"), 2),
        (Draw((), "integer"), Draw((4,))),
    ),
    Case("SearchSorted", lambda ops, x: ops.searchsorted(BOUNDS, x), (Draw(()),)),
    Case(
        "SearchSorted-right",
        lambda ops, a, x: ops.searchsorted(ops.sort(a), x, side="right"),
        (Draw((), "integer"), Draw((), "integer")),
    ),
    Case("Digitize", lambda ops, x: ops.digitize(x, BOUNDS)),
    Case("Digitize-integers", lambda ops, x: ops.digitize(x, np.array([1, 2])), INTEGERS),
    Case("Bincount", lambda ops, x: ops.bincount(ops.minimum(x, 2)), (Draw((5,), "integer"),)),
    Case(
        "Bincount-weights",
        lambda ops, x: ops.bincount(ops.minimum(x, 2), [1.5, 2.5, 3.0], minlength=3),
        (Draw((), "integer"),),
    ),
]
