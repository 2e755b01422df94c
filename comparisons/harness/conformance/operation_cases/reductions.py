"""Sums, products, means and extrema over axes."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)
TRUTHS = (Draw((4, 3), "bool"),)

CASES = [
    Case("Sum", lambda ops, x: ops.sum(x, axis=1)),
    Case("Sum-of-all", lambda ops, x: ops.sum(x)),
    Case("Sum-truths", lambda ops, x: ops.sum(x, axis=-1), TRUTHS),
    Case("Mean", lambda ops, x: ops.mean(x, axis=(1, 2), keepdims=True)),
    Case(
        "Mean-integers",
        lambda ops, x: ops.mean(x, axis=-1),
        INTEGERS,
        diverges="the-mean-of-integers-with-floatx-float64",
    ),
    Case("Prod", lambda ops, x: ops.prod(x, axis=(0, -1))),
    Case(
        "Prod-zeros", lambda ops, x: ops.prod(x, axis=-1, keepdims=True), (Draw((4, 3), "zeros"),)
    ),
    Case("Prod-integers", lambda ops, x: ops.prod(x, axis=1), INTEGERS),
    Case("Prod-dtype", lambda ops, x: ops.prod(x, axis=1, dtype="float32"), INTEGERS),
    Case("Prod-truths", lambda ops, x: ops.prod(x), TRUTHS),
    Case("Logsumexp", lambda ops, x: ops.logsumexp(x, axis=(1, -1))),
    Case("Logsumexp-large", lambda ops, x: ops.logsumexp(1000 * x, axis=1, keepdims=True)),
    Case("Amax", lambda ops, x: ops.amax(x, axis=-1)),
    Case("Amin", lambda ops, x: ops.amin(x, axis=(1, 2), keepdims=True)),
    Case("Max", lambda ops, x: ops.max(x, axis=(1, -1), keepdims=True)),
    Case("Max-of-all", lambda ops, x: ops.max(x)),
    Case("Max-initial", lambda ops, x: ops.max(x, axis=-1, initial=0.5)),
    Case("Max-several", lambda ops, x: ops.max(ops.concatenate([x, x, -x], axis=1), axis=1)),
    Case("Max-truths", lambda ops, x: ops.max(x, axis=-1), TRUTHS),
    Case("Min", lambda ops, x: ops.min(x, axis=-1)),
    Case("Min-initial", lambda ops, x: ops.min(x, axis=0, keepdims=True, initial=-0.5)),
    Case("Ptp", lambda ops, x: ops.ptp(x, axis=1)),
    Case("Ptp-of-all", lambda ops, x: ops.ptp(x, keepdims=True)),
    Case("CountNonzero", lambda ops, x: ops.count_nonzero(x, axis=(0, -1)), INTEGERS),
]
