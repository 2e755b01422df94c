"""Arrays cut apart."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

DEEP = (Draw((2, 5)),)

CASES = [
    Case("Split", lambda ops, x: ops.split(x, 2, axis=1)),
    Case("Split-places", lambda ops, x: ops.split(x, [1, 3], axis=-2)),
    Case("Split-first-axis", lambda ops, x: ops.split(x, 3)),
    Case("Split-first-axis-places", lambda ops, x: ops.split(x, [1])),
    Case("Split-one-part-used", lambda ops, x: ops.split(x, [1, 3], axis=1)[1]),
    Case("Split-integers", lambda ops, x: ops.split(x, 2, axis=1), (Draw((4,), "integer"),)),
    Case("Split-empty-parts", lambda ops, x: ops.split(x, [0, 2, 2], axis=1)),
    Case("ArraySplit", lambda ops, x: ops.array_split(x, 3, axis=1)),
    Case("ArraySplit-last-axis", lambda ops, x: ops.array_split(x, 2, axis=-1)),
    Case("ArraySplit-first-axis", lambda ops, x: ops.array_split(x, 2)),
    Case("Vsplit", lambda ops, x: ops.vsplit(x, 3)),
    Case("Vsplit-places", lambda ops, x: ops.vsplit(x, [1, 2])),
    Case("Hsplit", lambda ops, x: ops.hsplit(x, 2)),
    Case("Hsplit-vector", lambda ops, x: ops.hsplit(x, 3), (Draw(()),)),
    Case("Dsplit", lambda ops, x: ops.dsplit(x, [1, 3]), DEEP),
    Case("Dsplit-equal", lambda ops, x: ops.dsplit(x, 5), DEEP),
    Case("Unstack", lambda ops, x: ops.unstack(x, axis=1)),
    Case("Unstack-last-axis", lambda ops, x: ops.unstack(x, axis=-1)),
    Case("Unstack-batch", lambda ops, x: ops.unstack(x, 3)),
    Case("Unstack-some-used", lambda ops, x: ops.unstack(x, axis=1)[::2]),
]
