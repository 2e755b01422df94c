"""Variances, weighted means and quantiles."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import OF_INTEGERS, Case, Draw

INTEGERS = (Draw((4, 3), "integer"),)
WEIGHTED = (Draw((4, 3)), Draw((4, 3), "positive"))

CASES = [
    Case("Var", lambda ops, x: ops.var(x, axis=(1, 2))),
    Case("Var-keepdims", lambda ops, x: ops.var(x, axis=-2, keepdims=True)),
    Case(
        "Var-integers",
        lambda ops, x: ops.var(x, axis=-1),
        INTEGERS,
        diverges="the-variance-of-integers-in-float64",
    ),
    Case("Std", lambda ops, x: ops.std(x, axis=(0, -1), keepdims=True)),
    Case("Std-of-all", lambda ops, x: ops.std(x)),
    Case("Std-integers", lambda ops, x: ops.std(x, axis=1), INTEGERS, OF_INTEGERS),
    Case("Average", lambda ops, x: ops.average(x, axis=-1)),
    Case("Average-integers", lambda ops, x: ops.average(x), INTEGERS),
    Case("Average-weights", lambda ops, x, w: ops.average(x, axis=1, weights=w), WEIGHTED),
    Case("Average-of-all-with-weights", lambda ops, x, w: ops.average(x, weights=w), WEIGHTED),
    Case(
        "Average-weights-of-the-axis",
        lambda ops, x, w: ops.average(x, axis=0, weights=w),
        (Draw((4, 3)), Draw((), "positive")),
    ),
    Case(
        "Average-constant-weights",
        lambda ops, x: ops.average(x, axis=-1, weights=np.array([1, 2, 4])),
    ),
    Case("Quantile", lambda ops, x: ops.quantile(x, 0.3125, axis=1)),
    Case("Quantile-several", lambda ops, x: ops.quantile(x, [0.0, 0.3125, 1.0], axis=(1, -1))),
    Case("Quantile-of-all", lambda ops, x: ops.quantile(x, [0.125, 0.625], keepdims=True)),
    Case("Quantile-integers", lambda ops, x: ops.quantile(x, 0.375, axis=-1), INTEGERS),
    Case(
        "Quantile-share-from-the-graph",
        lambda ops, x, q: ops.quantile(x, q, axis=1),
        (Draw((4, 3)), Draw((), "share")),
    ),
    Case("Percentile", lambda ops, x: ops.percentile(x, [30, 80], axis=(1, 2))),
    Case("Percentile-lower", lambda ops, x: ops.percentile(x, 35, axis=(1,), method="lower")),
    Case(
        "Percentile-higher",
        lambda ops, x: ops.percentile(x, 35.0, axis=(-1,), method="higher", keepdims=True),
    ),
    # Neither lies on a tie or on an entry, where the rounding of q decides.
    Case("Percentile-nearest", lambda ops, x: ops.percentile(x, [35, 88], method="nearest")),
    Case("Percentile-midpoint", lambda ops, x: ops.percentile(x, [35, 42], method="midpoint")),
    Case("Median", lambda ops, x: ops.median(x, axis=(1, 2), keepdims=True)),
    Case("Median-odd", lambda ops, x: ops.median(x, axis=-1)),
    Case("Median-integers", lambda ops, x: ops.median(x), INTEGERS),
]
