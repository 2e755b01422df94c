"""Normalizations, whose scales and offsets are means over the batch of further inputs."""

import warnings

from comparisons.harness.conformance.operation_cases.case import Case, Draw

X = Draw((4, 3))


def with_means(name, normalize, x, *others):
    """A case with further arguments that are means over the batch."""

    def call(ops, x, *others):
        return normalize(ops, x, *(ops.mean(other, axis=0) for other in others))

    return Case(name, call, (x, *others))


def by_standard_deviation(ops, x, gamma, beta):
    """Keras's deprecated variant of layer normalization."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ops.layer_normalization(x, gamma, beta, rms_scaling=True)


CHANNELS = Draw((3,))
POSITIVE = Draw((3,), "positive")
ROWS = Draw((4,)), Draw((4,), "positive")

CASES = [
    Case("Moments", lambda ops, x: ops.moments(x, axes=[1])),
    Case("Moments-keepdims", lambda ops, x: ops.moments(x, axes=(0, -1), keepdims=True)),
    Case("Moments-one-axis", lambda ops, x: ops.moments(x, axes=0)),
    Case("Normalize", lambda ops, x: ops.normalize(x)),
    Case("Normalize-order-3", lambda ops, x: ops.normalize(x, axis=1, order=3)),
    Case("Normalize-order-1", lambda ops, x: ops.normalize(x, axis=-2, order=1)),
    Case("Normalize-axes", lambda ops, x: ops.normalize(x, axis=(1, 2))),
    Case("Normalize-all", lambda ops, x: ops.normalize(x, axis=None)),
    Case("Normalize-below-epsilon", lambda ops, x: ops.normalize(x, epsilon=10.0)),
    Case("Normalize-order-3-below", lambda ops, x: ops.normalize(x, order=3, epsilon=10.0)),
    with_means("RMSNorm", lambda ops, x, s: ops.rms_normalization(x, s), X, CHANNELS),
    Case("RMSNorm-no-scale", lambda ops, x: ops.rms_normalization(x, axis=1, epsilon=0.1)),
    with_means(
        "RMSNorm-axes", lambda ops, x, s: ops.rms_normalization(x, s, axis=[2, 1]), X, CHANNELS
    ),
    with_means(
        "LayerNorm", lambda ops, x, g, b: ops.layer_normalization(x, g, b), X, CHANNELS, CHANNELS
    ),
    Case("LayerNorm-plain", lambda ops, x: ops.layer_normalization(x, axis=[1, 2], epsilon=0.1)),
    with_means(
        "LayerNorm-first-axis",
        lambda ops, x, g: ops.layer_normalization(x, g, axis=1),
        X,
        Draw((4,)),
    ),
    with_means(
        "LayerNorm-axes",
        lambda ops, x, g, b: ops.layer_normalization(x, g, b, axis=(-2, -1)),
        X,
        Draw((4, 3)),
        Draw((12,)),
    ),
    Case(
        "LayerNorm-scale-of-as-many-axes",
        lambda ops, x, g: ops.layer_normalization(x, g),
        (X, Draw((1, 3))),
    ),
    with_means("LayerNorm-deviation", by_standard_deviation, X, CHANNELS, CHANNELS),
    with_means(
        "BatchNorm",
        lambda ops, x, *four: ops.batch_normalization(x, *four[:2], -1, *four[2:]),
        X,
        CHANNELS,
        POSITIVE,
        CHANNELS,
        CHANNELS,
    ),
    with_means(
        "BatchNorm-axis",
        lambda ops, x, *two: ops.batch_normalization(x, *two, axis=1, epsilon=0.1),
        X,
        *ROWS,
    ),
    with_means(
        "BatchNorm-scale",
        lambda ops, x, *three: ops.batch_normalization(x, *three[:2], 1, scale=three[2]),
        X,
        *ROWS,
        Draw((4,)),
    ),
]
