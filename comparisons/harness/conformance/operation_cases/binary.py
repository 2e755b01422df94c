"""Two numbers, element by element."""

from comparisons.harness.conformance.operation_cases.case import OF_INTEGERS, Case, Draw

PAIR = (Draw((4, 3)), Draw((4, 3)))
POSITIVE = (Draw((4, 3), "positive"), Draw((1, 3), "positive"))
QUOTIENT = (Draw((4, 3)), Draw((4, 3), "positive"))
ZEROS = (Draw((4, 3)), Draw((4, 3), "zeros"))
HOLES = (Draw((4, 3), "holes"), Draw((4, 3)))
INTEGERS = (Draw((4, 3), "integer"), Draw((4, 3), "integer"))
LONG = (Draw((4, 3), "long"), Draw((4, 3), "long"))
TRUTHS = (Draw((4, 3), "bool"),)
SIDES = (Draw((4, 1)), Draw((1, 3)))

CASES = [
    Case("Add", lambda ops, a, b: a + b, PAIR),
    Case("Add-a-number", lambda ops, x: 1 + x),
    Case("Add-integers-and-a-fraction", lambda ops, x: x + 0.5, INTEGERS[:1]),
    Case("Add-integers-and-floats", lambda ops, a, b: a + b, (INTEGERS[0], PAIR[0])),
    Case("Add-truths-and-a-number", lambda ops, x: x + 1, TRUTHS),
    Case("Add-ranks", lambda ops, a, b: a + b, (Draw((3, 3)), Draw((3,)))),
    Case("Subtract", lambda ops, a, b: a - b, (Draw((4, 3)), Draw((1, 3)))),
    Case("Subtract-from-a-number", lambda ops, x: 2 - x),
    Case("Multiply", lambda ops, a, b: a * b, (Draw((4, 1)), Draw((1, 3)))),
    Case("Multiply-by-itself", lambda ops, x: x * x),
    Case("TrueDivide", lambda ops, a, b: a / b, POSITIVE),
    Case("TrueDivide-integers", lambda ops, a: a / 2, INTEGERS[:1]),
    Case("Divide", lambda ops, a, b: ops.divide(a, b), POSITIVE),
    Case("Power", lambda ops, a, b: a**b, POSITIVE),
    Case("Power-of-a-number", lambda ops, x: 2.0**x),
    Case("Power-to-a-number", lambda ops, x: x**3),
    Case("Maximum", lambda ops, a, b: ops.maximum(a, b), (Draw((4, 3)), Draw((4, 1)))),
    Case("Minimum", lambda ops, a, b: ops.minimum(a, b), PAIR),
    Case("Minimum-and-a-number", lambda ops, x: ops.minimum(x, 0.1)),
    Case("DivideNoNan", lambda ops, a, b: ops.divide_no_nan(a, b), ZEROS, calculus=False),
    Case("DivideNoNan-a-number", lambda ops, x: ops.divide_no_nan(2, x), ZEROS[1:], calculus=False),
    Case("DivideNoNan-integers", lambda ops, a, b: ops.divide_no_nan(a, b), INTEGERS, OF_INTEGERS),
    Case("Fmax", lambda ops, a, b: ops.fmax(a, b), PAIR),
    Case("Fmin", lambda ops, a, b: ops.fmin(a, b), PAIR),
    Case("Fmax-holes", lambda ops, a, b: ops.fmax(a, b), HOLES, calculus=False),
    Case("Fmin-holes", lambda ops, a, b: ops.fmin(a, b), HOLES, calculus=False),
    Case("Fmin-integers", lambda ops, a, b: ops.fmin(a, b), INTEGERS),
    Case("FloorDivide", lambda ops, a, b: a // b, QUOTIENT),
    Case("FloorDivide-integers", lambda ops, a: a // 2, INTEGERS[:1]),
    Case("Mod", lambda ops, a, b: a % b, QUOTIENT),
    Case("Mod-integers", lambda ops, a: a % 2, INTEGERS[:1]),
    Case("Mod-broadcast", lambda ops, a, b: a % b, POSITIVE),
    Case("Mod-of-a-number", lambda ops, x: 3.5 % x, POSITIVE[:1]),
    Case("Mod-truths", lambda ops, x: x % 2, TRUTHS),
    Case("Fmod", lambda ops, a, b: ops.fmod(a, b), QUOTIENT),
    Case("Hypot", lambda ops, a, b: ops.hypot(a, b), PAIR),
    Case("Hypot-broadcast", lambda ops, a, b: ops.hypot(a, b), SIDES),
    Case("Hypot-long", lambda ops, a, b: ops.hypot(a, b), LONG),
    Case("Arctan2", lambda ops, a, b: ops.arctan2(a, b), PAIR),
    Case("Arctan2-a-number", lambda ops, x: ops.arctan2(0.5, x)),
    Case("Logaddexp", lambda ops, a, b: ops.logaddexp(a, b), (Draw((4, 3)), Draw((4, 1)))),
    Case("Logaddexp2", lambda ops, a, b: ops.logaddexp2(a, b), PAIR, "logaddexp2-in-float64"),
    Case("Heaviside", lambda ops, a, b: ops.heaviside(a, b), ZEROS[::-1], calculus=False),
    Case("Ldexp", lambda ops, a, b: ops.ldexp(a, b), (PAIR[0], INTEGERS[0])),
    Case("Heaviside-long", lambda ops, a, b: ops.heaviside(a, b), LONG),
    Case("Ldexp-a-number", lambda ops, x: ops.ldexp(x, -2)),
    Case("Ldexp-integers", lambda ops, a, b: ops.ldexp(a, b), INTEGERS),
    Case("Nextafter", lambda ops, a, b: ops.nextafter(a, b), SIDES),
]
