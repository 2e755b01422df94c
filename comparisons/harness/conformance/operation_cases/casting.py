"""Other dtypes, and constants of a shape."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

TRUTHS = (Draw((4, 3), "bool"),)
INTEGERS = (Draw((4, 3), "integer"),)

CASES = [
    Case("ZerosLike", lambda ops, x: ops.zeros_like(x)),
    Case("OnesLike", lambda ops, x: ops.ones_like(x, dtype="int32")),
    Case("Cast", lambda ops, x: ops.cast(x, "float64")),
    Case("Cast-truths", lambda ops, x: ops.cast(x, "float32"), TRUTHS[:1]),
    Case("ConvertToTensor", lambda ops, x: ops.convert_to_tensor(x)),
    Case("EmptyLike", lambda ops, x: ops.empty_like(x)),
    Case("FullLike", lambda ops, x: ops.full_like(x, 2.5)),
    Case("FullLike-integers", lambda ops, x: ops.full_like(x, 2, dtype="int32")),
    Case("FullLike-fraction-cut", lambda ops, x: ops.full_like(x, 2.5), INTEGERS),
    Case(
        "FullLike-of-an-array", lambda ops, x, b: ops.full_like(x, b), (Draw((4, 3)), Draw((4, 1)))
    ),
    Case("SaturateCast-integers", lambda ops, x: ops.saturate_cast(x - 2, "uint8"), INTEGERS),
    Case("SaturateCast-truths", lambda ops, x: ops.saturate_cast(x, "bool")),
    Case("SaturateCast-of-truths", lambda ops, x: ops.saturate_cast(x, "int8"), TRUTHS),
    Case("SaturateCast", lambda ops, x: ops.saturate_cast(200 * x, "int8")),
    Case("SaturateCast-floats", lambda ops, x: ops.saturate_cast(x, "float64")),
]
