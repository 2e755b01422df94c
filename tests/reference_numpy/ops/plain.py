"""Convolution and pooling as the textbook writes them: one nested loop over windows and entries.

Every function walks through `windows_and_entries` and does the one line that its equation says.
"""

import itertools

import numpy as np


def windows_and_entries(windows):
    """`(output index, position in the window, input index)` of every entry inside the input."""
    for o in itertools.product(*map(range, windows.output_size)):
        for p in itertools.product(*map(range, windows.window_size)):
            axes = zip(o, windows.strides, p, windows.dilation_rate, windows.before, strict=True)
            i = tuple(a * s + b * d - before for a, s, b, d, before in axes)
            if all(0 <= place < size for place, size in zip(i, windows.input_size, strict=True)):
                yield o, p, i


def conv(x, kernel, windows, groups=1):
    """y[o] += x[i] kernel[p]."""
    inputs, filters = kernel.shape[-2], kernel.shape[-1] // groups
    y = np.zeros((len(x), *windows.output_size, kernel.shape[-1]))
    for o, p, i in windows_and_entries(windows):
        for n, g in itertools.product(range(len(x)), range(groups)):
            ours = slice(g * filters, (g + 1) * filters)
            y[(n, *o)][ours] += x[(n, *i)][g * inputs : (g + 1) * inputs] @ kernel[p][:, ours]
    return y


def conv_gradients(x, kernel, dy, windows, groups=1):
    """dx[i] += dy[o] kernel[p]ᵀ and dkernel[p] += x[i]ᵀ dy[o]."""
    inputs, filters = kernel.shape[-2], kernel.shape[-1] // groups
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for o, p, i in windows_and_entries(windows):
        for n, g in itertools.product(range(len(x)), range(groups)):
            ours, its = slice(g * filters, (g + 1) * filters), slice(g * inputs, (g + 1) * inputs)
            dx[(n, *i)][its] += kernel[p][:, ours] @ dy[(n, *o)][ours]
            dkernel[p][:, ours] += np.outer(x[(n, *i)][its], dy[(n, *o)][ours])
    return dx, dkernel


def depthwise_conv(x, kernel, windows):
    """y[o, c, m] += x[i, c] kernel[p, c, m], the last two axes of y in one."""
    y = np.zeros((len(x), *windows.output_size, *kernel.shape[-2:]))
    for o, p, i in windows_and_entries(windows):
        for n in range(len(x)):
            y[(n, *o)] += x[(n, *i)][:, None] * kernel[p]
    return y.reshape(*y.shape[:-2], -1)


def depthwise_conv_gradients(x, kernel, dy, windows):
    """dx[i, c] += Σ dy[o, c, m] kernel[p, c, m] over m; dkernel[p, c, m] += x[i, c] dy[o, c, m]."""
    dx, dkernel = np.zeros(x.shape), np.zeros(kernel.shape)
    for o, p, i in windows_and_entries(windows):
        for n in range(len(x)):
            dx[(n, *i)] += (dy[(n, *o)] * kernel[p]).sum(axis=-1)
            dkernel[p] += x[(n, *i)][:, None] * dy[(n, *o)]
    return dx, dkernel


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
