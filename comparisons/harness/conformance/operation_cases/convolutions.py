"""Convolutions with kernels that the graph computes, or that are constants in it."""

import numpy as np

from comparisons.harness.conformance.operation_cases.case import Case, Draw


def with_kernels(name, convolve, x, *kernels):
    """A case whose kernels are means over the batch of further inputs."""

    def call(ops, x, *kernels):
        return convolve(ops, x, *(ops.mean(kernel, axis=0) for kernel in kernels))

    return Case(name, call, (Draw(x), *map(Draw, kernels)))


def constant(*shape):
    """A kernel that stands in the graph as numbers, in the graph's dtype."""
    import keras

    numbers = np.random.default_rng(5).standard_normal(shape)
    return numbers.astype(keras.config.floatx())


CASES = [
    with_kernels("Conv", lambda ops, x, k: ops.conv(x, k), (7, 2), (3, 2, 4)),
    with_kernels(
        "Conv-strides-same",
        lambda ops, x, k: ops.conv(x, k, strides=(2, 1), padding="same"),
        (6, 5, 2),
        (3, 2, 2, 4),
    ),
    with_kernels(
        "Conv-dilated-3d",
        lambda ops, x, k: ops.conv(x, k, padding="same", dilation_rate=2),
        (4, 5, 3, 2),
        (2, 2, 2, 2, 3),
    ),
    Case(
        "Conv-constant-kernel",
        lambda ops, x: ops.conv(x, constant(3, 2, 4), strides=2, padding="SAME"),
        (Draw((7, 2)),),
    ),
    Case(
        "Conv-kernel-of-unknown-size",
        lambda ops, x, kernel: ops.conv(x, kernel, padding="same"),
        (Draw((7, 2)), Draw((2, 4))),
    ),
    with_kernels(
        "DepthwiseConv",
        lambda ops, x, k: ops.depthwise_conv(x, k, strides=2, padding="same"),
        (7, 2),
        (3, 2, 3),
    ),
    with_kernels(
        "DepthwiseConv-dilated",
        lambda ops, x, k: ops.depthwise_conv(x, k, dilation_rate=2),
        (6, 7, 2),
        (2, 3, 2, 1),
    ),
    with_kernels(
        "SeparableConv",
        lambda ops, x, k, v: ops.separable_conv(x, k, v, padding="same"),
        (5, 6, 2),
        (3, 2, 2, 2),
        (1, 1, 4, 3),
    ),
    with_kernels(
        "SeparableConv-channels-first",
        lambda ops, x, k, v: ops.separable_conv(x, k, v, strides=2, data_format="channels_first"),
        (2, 7),
        (3, 2, 1),
        (1, 2, 3),
    ),
]
