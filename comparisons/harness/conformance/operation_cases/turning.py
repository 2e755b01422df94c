"""Arrays turned round."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

SQUARE = (Draw((3, 3)),)

CASES = [
    Case("Flip", lambda ops, x: ops.flip(x)),
    Case("Flip-one-axis", lambda ops, x: ops.flip(x, axis=-1)),
    Case("Flip-several-axes", lambda ops, x: ops.flip(x, axis=(0, -1))),
    Case("Flip-integers", lambda ops, x: ops.flip(x, axis=1), (Draw((4,), "integer"),)),
    Case("Fliplr", lambda ops, x: ops.fliplr(x)),
    Case("Flipud", lambda ops, x: ops.flipud(x)),
    Case("Roll", lambda ops, x: ops.roll(x, 2)),
    Case("Roll-one-axis", lambda ops, x: ops.roll(x, -1, axis=1)),
    Case("Roll-several-axes", lambda ops, x: ops.roll(x, (1, -2), axis=(-1, 1))),
    Case("Rot90", lambda ops, x: ops.rot90(x)),
    Case("Rot90-other-axes", lambda ops, x: ops.rot90(x, axes=(2, 1))),
    Case("Rot90-backwards", lambda ops, x: ops.rot90(x, k=-1, axes=(1, -1))),
    # Keras gives the sizes of an odd number of turns whatever the number is.
    Case("Rot90-twice", lambda ops, x: ops.rot90(x, k=2, axes=(1, 2)), SQUARE),
]
