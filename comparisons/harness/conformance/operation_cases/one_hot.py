"""Classes marked by 1 among zeros."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)
# Keras calls the marks by the dtype of what comes in, so that this comes in as what they are.
FLOATS, TRUTHS = (Draw((4,), "positive"),), (Draw((4,), "bool"),)

CASES = [
    Case("OneHot", lambda ops, x: ops.one_hot(x, 4), INTEGERS),
    Case("OneHot-axis", lambda ops, x: ops.one_hot(x, 4, axis=1, dtype="int32"), INTEGERS),
    Case("OneHot-first-axis", lambda ops, x: ops.one_hot(x, 4, axis=0, dtype="bool"), INTEGERS),
    Case("OneHot-few-classes", lambda ops, x: ops.one_hot(x - 1, 2), INTEGERS),
    Case("OneHot-floats", lambda ops, x: ops.one_hot(x, 2), FLOATS),
    Case("MultiHot", lambda ops, x: ops.multi_hot(x, 4, dtype="int32"), INTEGERS),
    Case("MultiHot-axis", lambda ops, x: ops.multi_hot(x, 4, axis=1, dtype="int32"), INTEGERS),
    Case("MultiHot-floats", lambda ops, x: ops.multi_hot(x, 3), FLOATS),
    Case("MultiHot-truths", lambda ops, x: ops.multi_hot(x, 3, dtype="bool"), TRUTHS),
    Case(
        "MultiHot-vector",
        lambda ops, x: ops.multi_hot(x, num_classes=4, dtype="int32"),
        (Draw((), "integer"),),
    ),
]
