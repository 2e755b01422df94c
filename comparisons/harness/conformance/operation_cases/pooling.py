"""Poolings.

Keras gives adaptive poolings of channels-last inputs a wrong shape, so they come channels first.
TensorFlow pools volumes in float32 only; the layers' tests see to them.
"""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

IMAGES = (Draw((5, 6, 2)),)
FIRST = {"data_format": "channels_first"}

CASES = [
    Case("MaxPool", lambda ops, x: ops.max_pool(x, 2), (Draw((7, 2)),)),
    Case("MaxPool-same", lambda ops, x: ops.max_pool(x, (3, 2), 2, "same"), IMAGES),
    Case("MaxPool-overlapping", lambda ops, x: ops.max_pool(x, 3, strides=1), IMAGES),
    Case("MaxPool-channels-first", lambda ops, x: ops.max_pool(x, 2, **FIRST), IMAGES),
    Case("MaxPool-integers", lambda ops, x: ops.max_pool(x, 2), (Draw((5, 6, 2), "integer"),)),
    Case("AveragePool", lambda ops, x: ops.average_pool(x, (2, 3), padding="same"), IMAGES),
    Case("AveragePool-strides", lambda ops, x: ops.average_pool(x, 3, (1, 2)), IMAGES),
    Case("AveragePool-1d", lambda ops, x: ops.average_pool(x, 2, **FIRST), (Draw((2, 7)),)),
    Case("AdaptiveMaxPool", lambda ops, x: ops.adaptive_max_pool(x, (2, 3), **FIRST), IMAGES),
    Case(
        "AdaptiveMaxPool-1d",
        lambda ops, x: ops.adaptive_max_pool(x, (3,), **FIRST),
        (Draw((2, 7)),),
    ),
    Case(
        "AdaptiveAveragePool",
        lambda ops, x: ops.adaptive_average_pool(x, (2, 3), **FIRST),
        IMAGES,
    ),
    Case(
        "AdaptiveAveragePool-1d",
        lambda ops, x: ops.adaptive_average_pool(x, (3,), **FIRST),
        (Draw((2, 7)),),
    ),
]
