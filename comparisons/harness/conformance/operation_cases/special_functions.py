"""The error function and its relatives."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

CASES = [
    Case("Erf", lambda ops, x: ops.erf(x)),
    Case("Erf-large", lambda ops, x: ops.erf(4 * x)),
    Case("Erfc", lambda ops, x: ops.erfc(x)),
    Case("Erfinv", lambda ops, x: ops.erfinv(x), (Draw((4, 3), "unit"),)),
    Case("I0", lambda ops, x: ops.i0(x)),
    Case("I0-long", lambda ops, x: ops.i0(x), (Draw((4, 3), "long"),)),
    Case("I0-large", lambda ops, x: ops.i0(20 * x)),
]
