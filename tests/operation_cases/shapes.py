"""Another order or shape."""

from tests.operation_cases.case import Case, Draw

CASES = [
    Case("Reshape", lambda ops, x: ops.reshape(x, (-1, 12))),
    Case("Transpose", lambda ops, x: ops.transpose(x, (0, 2, 1))),
    Case("Transpose-round", lambda ops, x: ops.transpose(x)),
    Case("ExpandDims", lambda ops, x: ops.expand_dims(x, 1)),
    Case("ExpandDims-several", lambda ops, x: ops.expand_dims(x, (1, -1))),
    Case("Squeeze", lambda ops, x: ops.squeeze(x, 1), (Draw((1, 3)),)),
]
