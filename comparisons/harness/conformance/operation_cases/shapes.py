"""Another order or shape."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)

CASES = [
    Case("Reshape", lambda ops, x: ops.reshape(x, (-1, 12))),
    Case("Reshape-all-sizes", lambda ops, x: ops.reshape(x, (2, 3, 6))),
    Case("Ravel", lambda ops, x: ops.ravel(x)),
    Case("Ravel-known", lambda ops, x: ops.ravel(ops.mean(x, axis=0))),
    Case("ExpandDims", lambda ops, x: ops.expand_dims(x, 1)),
    Case("ExpandDims-several", lambda ops, x: ops.expand_dims(x, (1, -1))),
    Case("Squeeze", lambda ops, x: ops.squeeze(x, 1), (Draw((1, 3)),)),
    Case("Squeeze-several", lambda ops, x: ops.squeeze(x, (1, -1)), (Draw((1, 3, 1)),)),
    Case("Squeeze-all", lambda ops, x: ops.squeeze(x), (Draw((1, 3, 1)),)),
    Case("Transpose", lambda ops, x: ops.transpose(x, (0, 2, 1))),
    Case("Transpose-round", lambda ops, x: ops.transpose(x)),
    Case("Moveaxis", lambda ops, x: ops.moveaxis(x, 1, -1)),
    Case(
        "Moveaxis-several",
        lambda ops, x: ops.moveaxis(x, (0, -1, 1), (1, 0, -1)),
        (Draw((2, 4, 5)),),
    ),
    Case("Swapaxes", lambda ops, x: ops.swapaxes(x, -1, 1)),
    Case("Swapaxes-integers", lambda ops, x: ops.swapaxes(x, 0, 2), INTEGERS),
    Case("BroadcastTo", lambda ops, x: ops.broadcast_to(x, (3, 4, 2)), (Draw((1, 2)),)),
    Case("BroadcastTo-more-axes", lambda ops, x: ops.broadcast_to(x, (2, 3, 4, 3))),
    Case("Size", lambda ops, x: ops.size(x)),
    Case("Array", lambda ops, x: ops.array(x)),
    Case("Array-dtype", lambda ops, x: ops.array(x, "float64")),
    Case("Array-integers", lambda ops, x: ops.array(x, "float32"), INTEGERS),
]
