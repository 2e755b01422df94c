"""Integers as bits and as multiples of one another."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

PAIR = (Draw((4, 3), "integer"), Draw((4, 3), "integer"))

CASES = [
    Case("BitwiseAnd", lambda ops, a, b: ops.bitwise_and(a, b), PAIR),
    Case("BitwiseOr", lambda ops, a, b: ops.bitwise_or(a, b), PAIR),
    Case("BitwiseXor", lambda ops, a, b: ops.bitwise_xor(a, b), PAIR),
    Case("BitwiseInvert", lambda ops, a: ops.bitwise_invert(a), PAIR[:1]),
    Case("BitwiseNot", lambda ops, a: ops.bitwise_not(a), PAIR[:1]),
    Case("BitwiseLeftShift", lambda ops, a, b: ops.bitwise_left_shift(a, b), PAIR),
    Case("BitwiseRightShift", lambda ops, a, b: ops.bitwise_right_shift(a, b), PAIR),
    Case("LeftShift", lambda ops, a, b: ops.left_shift(a, b), PAIR),
    Case("RightShift", lambda ops, a, b: ops.right_shift(a, b), PAIR),
    Case("Gcd", lambda ops, a, b: ops.gcd(a, b), PAIR),
    Case("Lcm", lambda ops, a, b: ops.lcm(a, b), PAIR),
]
