"""Comparisons, masks and choices."""

from tests.operation_cases.case import Case, Draw

PAIR = (Draw((4, 3), "integer"), Draw((4, 1), "integer"))
TRUTHS = (Draw((4, 3), "bool"), Draw((4, 1), "bool"))

CASES = [
    Case("Equal", lambda ops, a, b: ops.equal(a, b), PAIR),
    Case("NotEqual", lambda ops, a, b: ops.not_equal(a, b), PAIR),
    Case("Greater", lambda ops, a, b: a > b, PAIR),
    Case("GreaterEqual", lambda ops, a, b: a >= b, PAIR),
    Case("Less", lambda ops, a, b: a < b, PAIR),
    Case("LessEqual", lambda ops, a, b: a <= b, PAIR),
    Case("LogicalAnd", lambda ops, a, b: ops.logical_and(a, b), TRUTHS),
    Case("LogicalOr", lambda ops, a, b: ops.logical_or(a, b), TRUTHS),
    Case("LogicalNot", lambda ops, x: ops.logical_not(x), TRUTHS[:1]),
    Case("Any", lambda ops, x: ops.any(x, axis=-1), TRUTHS[:1]),
    Case("All", lambda ops, x: ops.all(x, axis=1, keepdims=True), TRUTHS[:1]),
    Case("Where", lambda ops, c, a, b: ops.where(c, a, b), (TRUTHS[0], Draw((4, 3)), Draw((4, 1)))),
    Case("ZerosLike", lambda ops, x: ops.zeros_like(x)),
    Case("OnesLike", lambda ops, x: ops.ones_like(x, dtype="int32")),
    Case("Cast", lambda ops, x: ops.cast(x, "float64")),
    Case("Cast-truths", lambda ops, x: ops.cast(x, "float32"), TRUTHS[:1]),
    Case("ConvertToTensor", lambda ops, x: ops.convert_to_tensor(x)),
]
