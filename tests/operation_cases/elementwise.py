"""Functions of one number."""

from tests.operation_cases.case import Case, Draw

POSITIVE = (Draw((4, 3), "positive"),)
INTEGERS = (Draw((4, 3), "integer"),)

CASES = [
    Case("Negative", lambda ops, x: -x),
    Case("Absolute", lambda ops, x: abs(x)),
    Case("Absolute-integers", lambda ops, x: ops.absolute(x), INTEGERS),
    Case("Square", lambda ops, x: ops.square(x)),
    Case("Sqrt", lambda ops, x: ops.sqrt(x), POSITIVE),
    Case("Exp", lambda ops, x: ops.exp(x)),
    Case("Exp-integers", lambda ops, x: ops.exp(x), INTEGERS),
    Case("Log", lambda ops, x: ops.log(x), POSITIVE),
    Case("Clip", lambda ops, x: ops.clip(x, -0.5, 0.7)),
]
