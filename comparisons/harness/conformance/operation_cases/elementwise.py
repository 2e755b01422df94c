"""Functions of one number."""

from comparisons.harness.conformance.operation_cases.case import OF_INTEGERS, Case, Draw

POSITIVE = (Draw((4, 3), "positive"),)
UNIT = (Draw((4, 3), "unit"),)
INTEGERS = (Draw((4, 3), "integer"),)
LONG = (Draw((4, 3), "long"),)
TRUTHS = (Draw((4, 3), "bool"),)
HOLES = (Draw((4, 3), "holes"),)
INFINITE = (Draw((4, 3), "infinite"),)


def by_its_other_name(ops, x):
    """|x| by the class that no function of Keras makes."""
    from keras.src.ops.numpy import Abs

    return Abs()(x)


CASES = [
    Case("Negative", lambda ops, x: -x),
    Case("Absolute", lambda ops, x: abs(x)),
    Case("Absolute-integers", lambda ops, x: ops.absolute(x), INTEGERS),
    Case("Abs", by_its_other_name),
    Case("Fabs", lambda ops, x: ops.fabs(x)),
    Case("Fabs-integers", lambda ops, x: ops.fabs(x), INTEGERS),
    Case("Square", lambda ops, x: ops.square(x)),
    Case("Square-integers", lambda ops, x: ops.square(x), INTEGERS),
    Case("Square-truths", lambda ops, x: ops.square(x), TRUTHS),
    Case("Sqrt", lambda ops, x: ops.sqrt(x), POSITIVE),
    Case("Rsqrt", lambda ops, x: ops.rsqrt(x), POSITIVE),
    Case("Reciprocal", lambda ops, x: ops.reciprocal(x), POSITIVE),
    Case("Cbrt", lambda ops, x: ops.cbrt(x)),
    Case("Cbrt-integers", lambda ops, x: ops.cbrt(x), INTEGERS, OF_INTEGERS),
    Case("Cbrt-long", lambda ops, x: ops.cbrt(x), LONG),
    Case("Exp", lambda ops, x: ops.exp(x)),
    Case("Exp-integers", lambda ops, x: ops.exp(x), INTEGERS),
    Case("Exp2", lambda ops, x: ops.exp2(x)),
    Case("Expm1", lambda ops, x: ops.expm1(x)),
    Case("Log", lambda ops, x: ops.log(x), POSITIVE),
    Case("Log2", lambda ops, x: ops.log2(x), POSITIVE),
    Case("Log10", lambda ops, x: ops.log10(x), POSITIVE),
    Case("Log1p", lambda ops, x: ops.log1p(x), UNIT),
    Case("Clip", lambda ops, x: ops.clip(x, -0.5, 0.7)),
    Case("Sign", lambda ops, x: ops.sign(x)),
    Case("Floor", lambda ops, x: ops.floor(x)),
    Case("Floor-integers", lambda ops, x: ops.floor(x), INTEGERS),
    Case("Ceil", lambda ops, x: ops.ceil(x)),
    Case("Trunc", lambda ops, x: ops.trunc(x)),
    Case("Trunc-integers", lambda ops, x: ops.trunc(x), INTEGERS),
    Case("Round", lambda ops, x: ops.round(x)),
    Case("Round-by-operator", lambda ops, x: round(x)),
    Case("Round-decimals", lambda ops, x: ops.round(x, 1)),
    Case("Copy", lambda ops, x: ops.copy(x)),
    Case("StopGradient", lambda ops, x: x * ops.stop_gradient(x), calculus=False),
    Case("NanToNum", lambda ops, x: ops.nan_to_num(x, 0.5), HOLES, calculus=False),
    Case("NanToNum-infinities", lambda ops, x: ops.nan_to_num(x, 0, 2.0), INFINITE, calculus=False),
]
