"""Separable convolution: each channel filtered by itself, then the channels of each pixel mixed."""

import time

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.convolution import (
    margins,
    output_sizes,
    windows,
    zero_padding,
    zero_padding_backward,
)


def depthwise_convolution(x, kernel, strides, padding):
    """Each channel with filters of its own; nothing is summed over channels.

    Args:
        x: (batch, height, width, channels).
        kernel: (height, width, channels, multiplier).

    Returns:
        (batch, height, width, channels · multiplier).

    Source: Howard et al. 2017, MobileNets, 3.1.
    """
    size = kernel.shape[:2]
    x, cut = zero_padding(x, margins(x, size, strides, padding))
    channels = kernel.shape[2] * kernel.shape[3]
    y = np.empty((len(x), *output_sizes(x, size, strides), channels), x.dtype)
    for o, window in windows(x, size, strides):
        y[o] = np.einsum("nuvc,uvcm->ncm", x[window], kernel).reshape(len(x), channels)
    return y, (x, kernel, strides, cut)


def depthwise_convolution_backward(dy, cache):
    """Each channel gives back to itself alone."""
    x, kernel, strides, cut = cache
    dx, dkernel = np.zeros_like(x), np.zeros_like(kernel)
    for o, window in windows(x, kernel.shape[:2], strides):
        g = dy[o].reshape(len(x), *kernel.shape[2:])
        dx[window] += np.einsum("ncm,uvcm->nuvc", g, kernel)
        dkernel += np.einsum("nuvc,ncm->uvcm", x[window], g)
    return zero_padding_backward(dx, cut), dkernel


def pointwise_convolution(x, kernel, bias):
    """A convolution of 1×1: at every pixel the same dense layer over the channels.

    Args:
        kernel: (1, 1, channels, filters). bias: (filters,).

    Source: Lin et al. 2014, Network in network, 3.
    """
    return x @ kernel[0, 0] + bias, (x, kernel)


def pointwise_convolution_backward(dy, cache):
    """The gradients of a matrix product, every pixel a row."""
    x, kernel = cache
    rows, drows = x.reshape(-1, x.shape[-1]), dy.reshape(-1, dy.shape[-1])
    dkernel = (rows.T @ drows).reshape(kernel.shape)
    return dy @ kernel[0, 0].T, dkernel, drows.sum(axis=0)


def separable_convolution(x, depthwise_kernel, pointwise_kernel, bias, strides, padding):
    """One after the other, with nothing between them.

    Source: Chollet 2017, Xception: deep learning with depthwise separable convolutions.
    """
    filtered, depthwise = depthwise_convolution(x, depthwise_kernel, strides, padding)
    y, pointwise = pointwise_convolution(filtered, pointwise_kernel, bias)
    return y, (depthwise, pointwise)


def separable_convolution_backward(dy, cache):
    """Back through the mixing, then through the filters."""
    depthwise, pointwise = cache
    dfiltered, dpointwise, dbias = pointwise_convolution_backward(dy, pointwise)
    dx, ddepthwise = depthwise_convolution_backward(dfiltered, depthwise)
    return dx, ddepthwise, dpointwise, dbias


def speed(x, kernel, depthwise, pointwise, bias, repeats):
    """Seconds of a forward pass of the library's layers, taking turns.

    Returns:
        Each layer's output for the first image, and the median of its seconds.
    """
    filters, size = len(bias), kernel.shape[:2]
    kinds = {
        "convolution": (rn.layers.Conv2D(filters, size, padding="same"), [kernel, bias]),
        "separable": (
            rn.layers.SeparableConv2D(filters, size, padding="same"),
            [depthwise, pointwise, bias],
        ),
    }
    found, seconds = {}, {name: [] for name in kinds}
    for layer, weights in kinds.values():
        layer.build(x.shape)
        layer.set_weights(weights)
    for _ in range(repeats):
        for name, (layer, _) in kinds.items():
            start = time.perf_counter()
            found[name] = layer(x)[0]
            seconds[name].append(time.perf_counter() - start)
    return found | {f"seconds, {name}": np.median(taken) for name, taken in seconds.items()}


def build_model(separable, width, learning_rate):
    """A convolution of 3×3 and, behind 2×2 pooling, two more that are plain or separable ones."""
    relu = {"padding": "same", "activation": "relu"}
    plain = {**relu, "kernel_initializer": "he_normal"}
    model = rn.Sequential([rn.Input((14, 14, 1)), rn.layers.Conv2D(width, 3, **plain)])
    model.add(rn.layers.MaxPooling2D(2))
    for _ in range(2):
        if separable:
            # 1/3 keeps the size of sums of nine products; he_normal would count all channels.
            apart = {"depthwise_initializer": rn.initializers.RandomNormal(stddev=1 / 3)}
            apart |= {"pointwise_initializer": "he_normal", **relu}
            model.add(rn.layers.SeparableConv2D(2 * width, 3, **apart))
        else:
            model.add(rn.layers.Conv2D(2 * width, 3, **plain))
    model.add(rn.layers.GlobalMaxPooling2D())
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def stages(model, data):
    """What a test image becomes on its way through the first separable convolution.

    Returns:
        `image`; `before`, the maps that enter; `filters`, one a map; `filtered`, each map by its
        filter; `mixed`, what the pointwise convolution makes of them. Of a plain network nothing
        but the image.
    """
    image = data.x_test[:1]
    found = {"image": image[..., 0]}
    if isinstance(model.layers[2], rn.layers.SeparableConv2D):
        layer = model.layers[2]
        before = model.layers[1](model.layers[0](image))
        depthwise, *_ = layer.get_weights()
        filtered, _ = depthwise_convolution(before, depthwise, (1, 1), "same")
        found["filters"] = np.moveaxis(depthwise[..., 0], -1, 0)
        maps = {"before": before, "filtered": filtered, "mixed": layer(before)}
        found |= {name: np.moveaxis(y[0], -1, 0) for name, y in maps.items()}
    return found
