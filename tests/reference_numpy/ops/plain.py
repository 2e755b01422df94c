"""Convolution and pooling as the textbook writes them, for windows of any kind.

The loop over the windows of a convolution is the one that its concept introduces. Every pooling
walks through `windows_and_entries` and does the one line that its equation says.
"""

import itertools

import numpy as np

from reference_numpy.concepts.convolution import (
    convolution,
    convolution_backward,
    zero_padding,
    zero_padding_backward,
)


def windows_and_entries(windows):
    """`(output index, position in the window, input index)` of every entry inside the input."""
    for o in itertools.product(*map(range, windows.output_size)):
        for p in itertools.product(*map(range, windows.window_size)):
            axes = zip(o, windows.strides, p, windows.dilation_rate, windows.before, strict=True)
            i = tuple(a * s + b * d - before for a, s, b, d, before in axes)
            if all(0 <= place < size for place, size in zip(i, windows.input_size, strict=True)):
                yield o, p, i


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
    """y[o] is the largest x[i], and the i at which it is met first, for every channel."""
    shape = (len(x), *windows.output_size, x.shape[-1])
    y, place = np.full(shape, -np.inf), {}
    for o, _, i in windows_and_entries(windows):
        for n, c in itertools.product(range(len(x)), range(x.shape[-1])):
            if (n, *o, c) not in place or x[(n, *i, c)] > y[(n, *o, c)]:
                y[(n, *o, c)], place[(n, *o, c)] = x[(n, *i, c)], (n, *i, c)
    return y, place


def max_pool_gradient(x, dy, windows):
    """dx[i] += dy[o] where y[o] comes from x[i]."""
    dx = np.zeros(x.shape)
    for o, i in max_pool(x, windows)[1].items():
        dx[i] += dy[o]
    return dx


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
    """y[o] += x[i] / number of entries of o inside the input."""
    y, count = np.zeros((len(x), *windows.output_size, x.shape[-1])), _counts(windows)
    for o, _, i in windows_and_entries(windows):
        for n in range(len(x)):
            y[(n, *o)] += x[(n, *i)] / count[o]
    return y


def average_pool_gradient(x, dy, windows):
    """dx[i] += dy[o] / number of entries of o inside the input."""
    dx, count = np.zeros(x.shape), _counts(windows)
    for o, _, i in windows_and_entries(windows):
        for n in range(len(x)):
            dx[(n, *i)] += dy[(n, *o)] / count[o]
    return dx


def _counts(windows):
    count = np.zeros(windows.output_size)
    for o, _, _ in windows_and_entries(windows):
        count[o] += 1
    return count
