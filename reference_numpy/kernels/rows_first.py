"""Convolution of arrays that lie in memory row by row, the batch innermost.

An array (batch, *sizes, channels) lies *rows first* where its memory is in the order

    (first axis, channels, other axes, batch)

The windows at a place o along the first axis are then one matrix, entries × other places and batch,
and with the kernel as a matrix W, entries × filters,

    y[o] = Wᵀ X[o]        dW = Σ over o of X[o] dy[o]ᵀ        dX[o] = W dy[o]

are products of long rows into contiguous memory, however few the channels are. Entries along the
first axis follow one another in memory, and those of X[o + 1] overlap with them: only entries along
the other axes are copied. What is done number by number, or channel by channel, runs over long rows
too, and `numpy.empty_like` and every operation keep the layout.
"""

import math

import numpy as np

from reference_numpy.kernels.threads import by_parts
from reference_numpy.kernels.windows import blocks, cut


def rows_first(x):
    """The array as it lies: (first axis, channels, other axes, batch); a view."""
    return x.transpose(1, -1, *range(2, x.ndim - 1), 0)


def channels_last(x):
    """The view of an array that lies rows first: (batch, *sizes, channels)."""
    return x.transpose(-1, 0, *range(2, x.ndim - 1), 1)


def lies_rows_first(x):
    """Whether an array of three axes or more does."""
    return x.ndim > 2 and rows_first(x).flags.c_contiguous


def in_rows_first(x):
    """The array itself where it lies rows first, else a copy that does."""
    return channels_last(np.ascontiguousarray(rows_first(x)))


def conv(x, kernel, windows):
    """See `kernels.convolution`; y lies rows first."""
    x, filters = in_rows_first(x), kernel.shape[-1]
    weights = kernel.reshape(-1, filters).T
    y = np.empty((windows.output_size[0], filters, *windows.output_size[1:], len(x)), x.dtype)
    products = y.reshape(len(y), filters, -1)

    def fill(part):
        for columns, matrices in _windows(x, windows, part):
            np.matmul(weights, matrices, out=products[part, :, columns])

    by_parts(fill, len(y), y.size * weights.shape[1])
    return channels_last(y)


def conv_kernel_gradient(x, dy, windows):
    """The same for this gradient; a matrix, entries × filters."""
    x, dy = in_rows_first(x), rows_first(in_rows_first(dy))
    entries, filters = math.prod(windows.window_size) * x.shape[-1], dy.shape[1]
    slopes = dy.reshape(len(dy), filters, -1).swapaxes(1, 2)

    def total(part):
        gradient = np.zeros((entries, filters), x.dtype)
        for columns, matrices in _windows(x, windows, part):
            its = slopes[part, columns]
            for some in blocks(slice(0, len(its)), gradient.nbytes):
                gradient += (matrices[some] @ its[some]).sum(axis=0)
        return gradient

    gradient, *others = by_parts(total, len(dy), dy.size * entries)
    for other in others:
        gradient += other
    return gradient


def scatter(dy, kernel, windows):
    """dx, which lies rows first: the entries of every dX[o] added up where they lie."""
    dy = rows_first(in_rows_first(dy))
    inputs, filters = kernel.shape[-2:]
    (length, *sizes), batch, step = windows.padded_size, dy.shape[-1], windows.strides[0]
    dx = np.zeros((length, inputs, *sizes, batch), dy.dtype)
    columns = dy.reshape(len(dy), filters, -1)

    def fill(part):
        weights = kernel[..., part, :].reshape(-1, filters)
        for rows in blocks(slice(0, len(dy)), len(weights) * columns[0, 0].nbytes):
            products = weights @ columns[rows]
            shape = len(products), len(windows.entries), -1, *dy.shape[2:]
            products = np.moveaxis(products.reshape(shape), 1, 0)
            for (_, first, *others), product in zip(windows.entries, products, strict=True):
                start = first.start + rows.start * step
                along = slice(start, start + (len(product) - 1) * step + 1, step)
                dx[(along, part, *others)] += product

    by_parts(fill, inputs, dy.size * kernel.size // filters)
    return in_rows_first(channels_last(dx)[windows.inside])


def _windows(x, windows, part):
    """`(columns, X)` for blocks of columns: X (places, entries, columns) for a part of the places.

    Args:
        x: lies rows first.
        part: a slice of the places along the first axis.
    """
    rank, extent, step = x.ndim - 2, windows.window_size[0], windows.strides[0]
    order = [1, *range(rank + 1, 2 * rank + 2), *range(2, rank + 1), 0]
    rows = slice(part.start * step, (part.stop - 1) * step + extent)
    entries = math.prod(windows.window_size[1:]) * x.shape[-1]
    width, start = windows.output_size[1] if rank > 1 else 1, 0
    numbers = (rows.stop - rows.start) * entries * math.prod(windows.output_size[1:]) * len(x)
    for block in blocks(slice(0, width), numbers * x.itemsize // width):
        own, places = windows, slice(None)
        if rank > 1:
            own, places = cut(windows, 1, block.start, block.stop)
        view = own.slices.view(own.pad(x[:, :, places])).transpose(order)[rows]
        slices = np.ascontiguousarray(view).reshape(len(view), entries, -1)
        outer, *inner = slices.strides
        shape = part.stop - part.start, extent * entries, slices.shape[-1]
        strides = outer * step, *inner
        matrices = np.lib.stride_tricks.as_strided(slices, shape, strides, writeable=False)
        yield slice(start, start + shape[-1]), matrices
        start += shape[-1]
