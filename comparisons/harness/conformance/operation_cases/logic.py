"""Comparisons, masks and choices."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

PAIR = (Draw((4, 3), "integer"), Draw((4, 1), "integer"))
TRUTHS = (Draw((4, 3), "bool"), Draw((4, 1), "bool"))
HOLES = (Draw((4, 3), "holes"),)
INFINITE = (Draw((4, 3), "infinite"),)

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
    Case("Where-numbers", lambda ops, c: ops.where(c, 1, 0), TRUTHS[:1]),
    Case("Where-fractions", lambda ops, c: ops.where(c, 1.0, 0.5), TRUTHS[:1]),
    Case("Where-integers-and-a-fraction", lambda ops, a: ops.where(a > 1, a, 0.5), PAIR[:1]),
    Case(
        "Where-integers-and-floats", lambda ops, a, x: ops.where(a, a, x), (PAIR[0], Draw((4, 1)))
    ),
    Case("NotEqual-by-operator", lambda ops, a, b: a != b, PAIR),
    Case("LogicalXor", lambda ops, a, b: ops.logical_xor(a, b), TRUTHS),
    Case("LogicalXor-by-operator", lambda ops, a, b: a ^ b, TRUTHS),
    Case("LogicalNot-by-operator", lambda ops, a: ~a, TRUTHS[:1]),
    Case("Isclose", lambda ops, a, b: ops.isclose(a, b / 2, 0.5), PAIR),
    Case("Isclose-integers", lambda ops, a, b: ops.isclose(a, b), PAIR),
    Case("Isclose-nan", lambda ops, a: ops.isclose(a, a, equal_nan=True), HOLES),
    Case("Isclose-a-number", lambda ops, a: ops.isclose(a, 2.25, 0.0, 0.5), PAIR[:1]),
    Case("AllClose-integers", lambda ops, a: ops.allclose(a, a + 1), PAIR[:1]),
    Case("AllClose", lambda ops, a: ops.allclose(a, a + 1.0, 0.5, 2.0), (Draw((4, 3)),)),
    Case("IsIn", lambda ops, a: ops.isin(a, [1, 3]), PAIR[:1]),
    Case("IsIn-inverted", lambda ops, a, b: ops.isin(a, b, invert=True), PAIR),
    Case("Isfinite", lambda ops, x: ops.isfinite(x), INFINITE),
    Case("Isinf", lambda ops, x: ops.isinf(x), INFINITE),
    Case("Isposinf", lambda ops, x: ops.isposinf(x), INFINITE),
    Case("Isneginf", lambda ops, x: ops.isneginf(x), INFINITE),
    Case("Isnan", lambda ops, x: ops.isnan(x), HOLES),
    Case("Isreal", lambda ops, x: ops.isreal(x)),
    Case("Signbit", lambda ops, x: ops.signbit(x)),
    Case(
        "Select",
        lambda ops, c, d, a, b: ops.select([c, d], [a, b], 0.5),
        (TRUTHS[0], Draw((4, 3), "bool"), Draw((4, 3)), Draw((4, 3))),
    ),
    Case(
        "Select-default",
        lambda ops, c, d, a, b, x: ops.select([c, d], [a, b], x),
        (TRUTHS[0], TRUTHS[1], Draw((4, 3)), Draw((4, 1)), Draw((1, 3))),
    ),
    Case("Select-integers", lambda ops, a, b: ops.select([a > 1], [a], b), PAIR),
]
