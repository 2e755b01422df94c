"""Convolution and pooling as the textbook writes them, for windows of any kind.

The loops over windows are those that the concepts of convolution and of pooling introduce; what
those leave out is added around them.
"""

import itertools

import numpy as np

from reference_numpy.concepts.convolution import (
    convolution,
    convolution_backward,
    zero_padding,
    zero_padding_backward,
)
from reference_numpy.concepts.pooling import (
    average_pooling,
    average_pooling_backward,
    max_pooling,
    max_pooling_backward,
)


def conv(x, kernel, windows, groups=1):
    """The concept's loop over windows, for each group of channels."""
    parts = zip(np.split(x, groups, -1), np.split(kernel, groups, -1), strict=True)
    return np.concatenate([_one_group(*part, windows)[0] for part in parts], axis=-1)


def conv_gradients(x, kernel, dy, windows, groups=1):
    """dx and dkernel of the concept's loop, for each group of channels."""
    arrays = (np.split(array, groups, -1) for array in (x, kernel, dy))
    pairs = [_one_group(x, kernel, windows)[1](dy) for x, kernel, dy in zip(*arrays, strict=True)]
    return tuple(np.concatenate(parts, axis=-1) for parts in zip(*pairs, strict=True))


def _one_group(x, kernel, windows):
    """y, and the function of dy that gives dx and dkernel.

    Of what the concept leaves out, other padding is added to x beforehand, and a dilated kernel is
    a larger one with zeros between its entries.
    """
    padding = _padding(windows)
    padded, cut = zero_padding(x, padding)
    axes = zip(windows.window_size, windows.dilation_rate, strict=True)
    larger = np.zeros((*((k - 1) * d + 1 for k, d in axes), *kernel.shape[-2:]))
    entries = tuple(slice(None, None, d) for d in windows.dilation_rate)
    larger[entries] = kernel
    bias = np.zeros(kernel.shape[-1])
    y, cache = convolution(padded, larger, bias, windows.strides, "valid")

    def gradients(dy):
        dx, dkernel, _ = convolution_backward(dy, cache)
        return zero_padding_backward(dx, cut), dkernel[entries]

    return y, gradients


def _padding(windows):
    """The zeros before the first window, and those that the last one needs, by axis."""
    last = [
        (o - 1) * s + (k - 1) * d + 1
        for o, s, k, d in zip(
            windows.output_size, windows.strides, windows.window_size, windows.dilation_rate
        )
    ]
    axes = zip(windows.before, last, windows.input_size, strict=True)
    return [(before, max(end - before - n, 0)) for before, end, n in axes]


def depthwise_conv(x, kernel, windows):
    """A convolution of as many groups as channels."""
    return conv(x, kernel.reshape(*kernel.shape[:-2], 1, -1), windows, x.shape[-1])


def depthwise_conv_gradients(x, kernel, dy, windows):
    """The gradients of a convolution of as many groups as channels."""
    grouped, dy = kernel.reshape(*kernel.shape[:-2], 1, -1), dy.reshape(*dy.shape[:-2], -1)
    dx, dkernel = conv_gradients(x, grouped, dy, windows, x.shape[-1])
    return dx, dkernel.reshape(kernel.shape)


def max_pool(x, windows):
    """The concept's loop, with a padding that is never the largest."""
    return _largest(x, windows)[0]


def max_pool_backward(x, dy, windows):
    """dx of the concept's loop."""
    return _largest(x, windows)[1](dy)


def _largest(x, windows):
    """y, and the function of dy that gives dx."""
    padding = _padding(windows)
    padded = np.pad(x, ((0, 0), *padding, (0, 0)), constant_values=-np.inf)
    y, cache = max_pooling(padded, windows.window_size, windows.strides)
    cut = x.shape, padding
    return y, lambda dy: zero_padding_backward(max_pooling_backward(dy, cache), cut)


def adaptive_windows(input_size, output_size):
    """`(output index, slices of its window)`, from ⌊o n / size⌋ to ⌈(o + 1) n / size⌉."""
    for o in itertools.product(*map(range, output_size)):
        axes = zip(o, input_size, output_size, strict=True)
        yield o, tuple(slice(i * n // m, -(-(i + 1) * n // m)) for i, n, m in axes)


def adaptive_pool(x, output_size, reduce):
    """y[o] = reduce(all of x in the window o)."""
    y = np.zeros((len(x), *output_size, x.shape[-1]))
    for o, window in adaptive_windows(x.shape[1:-1], output_size):
        for n, c in itertools.product(range(len(x)), range(x.shape[-1])):
            y[(n, *o, c)] = reduce(x[(n, *window, c)])
    return y


def adaptive_pool_gradient(x, dy, share):
    """dx[window] += dy[o] share(all of x in the window o)."""
    dx = np.zeros(x.shape)
    for o, window in adaptive_windows(x.shape[1:-1], dy.shape[1:-1]):
        for n, c in itertools.product(range(len(x)), range(x.shape[-1])):
            dx[(n, *window, c)] += dy[(n, *o, c)] * share(x[(n, *window, c)])
    return dx


def average_pool(x, windows):
    """The concept's loop, over the share of each window that lies inside the input."""
    return _mean(x, windows)[0]


def average_pool_backward(x, dy, windows):
    """dx of the concept's loop."""
    return _mean(x, windows)[1](dy)


def _mean(x, windows):
    """y, and the function of dy that gives dx."""
    padding, geometry = _padding(windows), (windows.window_size, windows.strides)
    padded, cut = zero_padding(x, padding)
    y, cache = average_pooling(padded, *geometry)
    inside, _ = average_pooling(zero_padding(np.ones_like(x), padding)[0], *geometry)
    return y / inside, lambda dy: zero_padding_backward(
        average_pooling_backward(dy / inside, cache), cut
    )
