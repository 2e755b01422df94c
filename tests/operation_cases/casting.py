"""Other dtypes, and constants of a shape."""

from tests.operation_cases.case import Case, Draw

TRUTHS = (Draw((4, 3), "bool"),)

CASES = [
    Case("ZerosLike", lambda ops, x: ops.zeros_like(x)),
    Case("OnesLike", lambda ops, x: ops.ones_like(x, dtype="int32")),
    Case("Cast", lambda ops, x: ops.cast(x, "float64")),
    Case("Cast-truths", lambda ops, x: ops.cast(x, "float32"), TRUTHS[:1]),
    Case("ConvertToTensor", lambda ops, x: ops.convert_to_tensor(x)),
    Case("EmptyLike", lambda ops, x: ops.empty_like(x)),
    Case("FullLike", lambda ops, x: ops.full_like(x, 2.5)),
    Case("FullLike-integers", lambda ops, x: ops.full_like(x, 2, dtype="int32")),
    Case("SaturateCast", lambda ops, x: ops.saturate_cast(200 * x, "int8")),
    Case("SaturateCast-floats", lambda ops, x: ops.saturate_cast(x, "float64")),
]
