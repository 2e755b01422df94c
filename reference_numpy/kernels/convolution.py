"""Convolution over any number of spatial axes, with the gradients of its input and its kernel.

    y[o] = Σ over p of x[o · strides + p · dilation − before] · kernel[p]

for every window o, where p runs over the kernel's positions and the dot is a product of the
channels' row with a matrix. All arrays have their channels last:

    x: (batch, *input_size, inputs)        kernel: (*window_size, inputs / groups, filters)
    y, dy: (batch, *output_size, filters)

The sums are few large matrix products over blocks of examples that stay in the cache.
"""

import math

import numpy as np

from reference_numpy.kernels import minimal_filtering, rows_first
from reference_numpy.kernels.depthwise_convolution import (
    depthwise_conv,
    depthwise_conv_input_gradient,
    depthwise_conv_kernel_gradient,
    with_multiplier,
)
from reference_numpy.kernels.half_precision import computed_in_single
from reference_numpy.kernels.threads import by_parts
from reference_numpy.kernels.windows import blocks

#: Fewer channels than this are put rows first, unless the rows are shorter than `SHORT_ROWS`.
FEW_CHANNELS, SHORT_ROWS = 16, 16
#: Rows of at least this many numbers stay rows first, however many the channels are.
LONG_ROWS = 256


@computed_in_single
def conv(x, kernel, windows):
    """y, the windows of x times the kernel."""
    groups = _groups(x.shape[-1], kernel)
    if groups > 1:
        if kernel.shape[-2] == 1:
            return depthwise_conv(x, _as_depthwise(kernel, groups), windows)
        pairs = zip(np.split(x, groups, -1), np.split(kernel, groups, -1), strict=True)
        return np.concatenate([conv(part, its, windows) for part, its in pairs], axis=-1)
    if form := _form(x, kernel.shape[-1], windows):
        return form.conv(x, kernel, windows)
    x, filters = rows_first.in_channels_last(x), kernel.shape[-1]
    weights = kernel.reshape(-1, filters)
    y = np.empty((x.shape[0], *windows.output_size, filters), x.dtype)

    def fill(part):
        for block, rows in _rows_of_windows(x, windows, part):
            np.matmul(rows, weights, out=y[block].reshape(-1, filters))

    by_parts(fill, len(x), y.size * len(weights))
    return y


@computed_in_single
def conv_kernel_gradient(x, dy, windows, groups=1):
    """dkernel[p] = Σ over the windows o of x[entry p of o]ᵀ dy[o]."""
    if groups > 1:
        if x.shape[-1] == groups:
            dy = dy.reshape(*dy.shape[:-1], groups, dy.shape[-1] // groups)
            gradient = depthwise_conv_kernel_gradient(x, dy, windows)
            return gradient.reshape(*windows.window_size, 1, -1)
        pairs = zip(np.split(x, groups, -1), np.split(dy, groups, -1), strict=True)
        parts = [conv_kernel_gradient(part, its, windows) for part, its in pairs]
        return np.concatenate(parts, axis=-1)
    *_, filters = shape = *windows.window_size, x.shape[-1], dy.shape[-1]
    if form := _form(x, filters, windows):
        return form.conv_kernel_gradient(x, dy, windows).reshape(shape)
    x, dy = rows_first.in_channels_last(x), rows_first.in_channels_last(dy)
    entries = math.prod(shape[:-1])

    def total(part):
        gradient = np.zeros((entries, filters), x.dtype)
        for block, rows in _rows_of_windows(x, windows, part):
            gradient += rows.T @ dy[block].reshape(-1, filters)
        return gradient

    gradient, *others = by_parts(total, len(x), dy.size * entries)
    for other in others:
        gradient += other
    return gradient.reshape(shape)


@computed_in_single
def conv_input_gradient(dy, kernel, windows, groups=1):
    """dx[i] = Σ of dy[o] kernel[p]ᵀ over the windows o whose entry p lies on i.

    This is also the forward pass of a transposed convolution, of `dy`.
    """
    if groups > 1:
        if kernel.shape[-2] == 1:
            kernel = _as_depthwise(kernel, groups)
            return depthwise_conv_input_gradient(with_multiplier(dy, kernel), kernel, windows)
        pairs = zip(np.split(dy, groups, -1), np.split(kernel, groups, -1), strict=True)
        parts = [conv_input_gradient(part, its, windows) for part, its in pairs]
        return np.concatenate(parts, axis=-1)
    *_, inputs, filters = kernel.shape
    form = _form(dy, inputs, windows.mirrored) if max(windows.strides) == 1 else None
    filtered = form is minimal_filtering
    rows = windows.strides[0] == 1 and inputs <= filters and _goes_rows_first(dy, windows)
    if rows and not filtered:
        dx = rows_first.conv_input_gradient(dy, kernel, windows)
    elif filtered or _worth_mirroring(dy, kernel, windows):
        mirrored = np.flip(kernel, range(kernel.ndim - 2)).swapaxes(-1, -2)
        dx = conv(dy, mirrored, windows.mirrored)
    else:
        dx = _scatter(dy, kernel, windows)
    # In the layout of dy, which is that of y, which is that of x.
    if rows_first.lies_rows_first(dy):
        return rows_first.in_rows_first(dx)
    return rows_first.in_channels_last(dx)


def _form(x, filters, windows):
    """How to convolve with the rows of x first; None where they do not go first."""
    if not _goes_rows_first(x, windows):
        return None
    if minimal_filtering.worth_filtering(x, filters, windows):
        return minimal_filtering
    return rows_first


def _goes_rows_first(x, windows):
    """Whether to compute with the rows of x first (see `rows_first`)."""
    numbers = len(x) * math.prod(windows.output_size[1:])
    if windows.dilation_rate[0] > 1:
        return False
    if x.shape[-1] < FEW_CHANNELS and math.prod(windows.window_size) > 1:
        return numbers >= SHORT_ROWS
    return numbers >= LONG_ROWS and rows_first.lies_rows_first(x)


def _groups(channels, kernel):
    return channels // kernel.shape[-2]


def _as_depthwise(kernel, groups):
    """(*window, 1, groups · m) as (*window, groups, m)."""
    return kernel.reshape(*kernel.shape[:-2], groups, -1)


def _rows_of_windows(x, windows, part):
    """The windows of a part of x as the rows of matrices: `(block of the batch, rows)`.

    Each is written into the same memory as the last one.
    """
    channels = x.shape[-1]
    if math.prod(windows.window_size) == 1 and not windows.is_padded:
        yield part, x[part][windows.entries[0]].reshape(-1, channels)  # x itself, most often
        return
    places, memory = math.prod(windows.output_size), None
    entries = math.prod(windows.window_size) * x.shape[-1]
    for block in blocks(part, places * entries * x.itemsize):
        view = windows.view(windows.pad(x[block]))
        memory, rows = _copied(view, memory)
        yield block, rows.reshape(-1, entries)


def _copied(view, memory):
    """The memory, made where there is none yet, and a copy of the view in it."""
    if memory is None:
        memory = np.empty(view.size, view.dtype)
    copy = memory[: view.size].reshape(view.shape)
    np.copyto(copy, view)
    return memory, copy


def _worth_mirroring(dy, kernel, windows):
    """Whether to correlate dy with the mirrored kernel instead of scattering products.

    Only a stride of 1 allows it. Correlating copies `filters` numbers for every place of dx and
    entry of the kernel, scattering adds `inputs` numbers for every place of dy and entry. Measured
    in multiplications of a matrix product, copying a number costs 12, adding one 30, and copying
    one of the kernel, which comes once, 50.
    """
    if max(windows.strides) > 1:
        return False
    *_, inputs, filters = kernel.shape
    batch, places = len(dy), math.prod(windows.output_size)
    correlating = batch * math.prod(windows.input_size) * filters * (inputs + 12)
    correlating += 50 * inputs * filters
    return correlating < batch * places * inputs * (filters + 30)


def _scatter(dy, kernel, windows):
    """dx as the sum over p of dy kernel[p]ᵀ, added where the entries p of the windows lie."""
    dy, (*_, inputs, filters) = rows_first.in_channels_last(dy), kernel.shape
    matrices = kernel.reshape(-1, inputs, filters)
    dx = np.empty((dy.shape[0], *windows.input_size, inputs), dy.dtype)
    places = math.prod(windows.output_size)

    def fill(part):
        for block in blocks(part, places * len(matrices) * inputs * dy.itemsize):
            found, rows = dx[block], dy[block].reshape(-1, filters)
            if inputs == 1:
                products = matrices[:, 0] @ rows.T
            else:
                products = rows @ matrices.swapaxes(1, 2)
            products = products.reshape(len(matrices), len(found), *windows.output_size, inputs)
            padded = np.zeros((len(found), *windows.padded_size, inputs), dy.dtype)
            for entry, product in zip(windows.entries, products, strict=True):
                padded[entry] += product
            found[...] = padded[windows.inside]

    by_parts(fill, len(dy), dy.size * kernel.size // filters)
    return dx
