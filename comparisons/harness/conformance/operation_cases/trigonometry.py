"""Angles and hyperbolas, and their inverses."""

from comparisons.harness.conformance.operation_cases.case import OF_INTEGERS, Case, Draw

UNIT = (Draw((4, 3), "unit"),)
INTEGERS = (Draw((4, 3), "integer"),)

CASES = [
    Case("Sin", lambda ops, x: ops.sin(x)),
    Case("Sin-integers", lambda ops, x: ops.sin(x), INTEGERS, OF_INTEGERS),
    Case("Cos", lambda ops, x: ops.cos(x)),
    Case("Tan", lambda ops, x: ops.tan(x), UNIT),
    Case("Arcsin", lambda ops, x: ops.arcsin(x), UNIT),
    Case("Arccos", lambda ops, x: ops.arccos(x), UNIT),
    Case("Arctan", lambda ops, x: ops.arctan(x)),
    Case("Sinh", lambda ops, x: ops.sinh(x)),
    Case("Cosh", lambda ops, x: ops.cosh(x)),
    Case("Arcsinh", lambda ops, x: ops.arcsinh(x)),
    Case("Arccosh", lambda ops, x: ops.arccosh(x), (Draw((4, 3), "above_one"),)),
    Case("Arctanh", lambda ops, x: ops.arctanh(x), UNIT),
    Case("Deg2rad", lambda ops, x: ops.deg2rad(x)),
    Case("Deg2rad-long", lambda ops, x: ops.deg2rad(x), (Draw((4, 3), "long"),), OF_INTEGERS),
    Case("Rad2deg", lambda ops, x: ops.rad2deg(x)),
    Case("Sinc", lambda ops, x: ops.sinc(x)),
]
