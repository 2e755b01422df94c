"""Numbers of an array several times."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

CASES = [
    Case("Repeat", lambda ops, x: ops.repeat(x, 2)),
    Case("Repeat-axis", lambda ops, x: ops.repeat(x, 3, axis=1)),
    Case("Repeat-each", lambda ops, x: ops.repeat(x, [2, 0, 1], axis=-1)),
    Case("Repeat-first-axis", lambda ops, x: ops.repeat(x, [1, 2, 0], axis=0)),
    Case("Repeat-all-known", lambda ops, x: ops.repeat(ops.mean(x, axis=0), [1, 2, 0] * 4)),
    Case("Repeat-integers", lambda ops, x: ops.repeat(x, [2], axis=1), (Draw((4,), "integer"),)),
    Case("Tile", lambda ops, x: ops.tile(x, 2)),
    Case("Tile-few-axes", lambda ops, x: ops.tile(x, (2, 3))),
    Case("Tile-all-axes", lambda ops, x: ops.tile(x, (2, 1, 3))),
    Case("Tile-more-axes", lambda ops, x: ops.tile(x, (2, 1, 2, 3))),
    Case("Tile-none", lambda ops, x: ops.tile(x, (1, 0, 1))),
]
