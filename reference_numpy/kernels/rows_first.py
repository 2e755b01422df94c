"""Convolution of arrays that lie in memory row by row, the batch innermost.

An array (batch, *sizes, channels) lies *rows first* where its memory is in the order

    (first axis, channels, other axes, batch)

The windows at a place o along the first axis are then one matrix, entries × other places and batch,
and with the kernel as a matrix W, entries × filters,

    y[o] = Wᵀ X[o]        dW = Σ over o of X[o] dy[o]ᵀ

are products of long rows into contiguous memory, however few the channels are. Entries along the
first axis follow one another in memory, and those of X[o + 1] overlap with them: only entries along
the other axes are copied. What is done number by number, or channel by channel, runs over long rows
too, and `numpy.empty_like` and every operation keep the layout.
"""

import math

import numpy as np

from reference_numpy.kernels.blas import product, summed_product
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


def as_it_lies(other, x):
    """An array of as many axes as x has, rows first where x lies so, else as it is."""
    return in_rows_first(other) if lies_rows_first(x) else other


def in_channels_last(x):
    """The array itself where its memory is in the order of its axes, else a copy.

    NumPy copies in the order of the new memory, for which the old one is read across; row by row
    both stay in the cache, which is up to five times as fast.
    """
    if not lies_rows_first(x) or x.flags.c_contiguous:
        return np.ascontiguousarray(x)
    y = np.empty(x.shape, x.dtype)
    for row in range(x.shape[1]):
        np.copyto(y[:, row], x[:, row])
    return y


def conv(x, kernel, windows):
    """See `kernels.convolution`; y lies rows first."""
    x, filters = in_rows_first(x), kernel.shape[-1]
    weights = kernel.reshape(-1, filters).T
    y = np.empty((windows.output_size[0], filters, *windows.output_size[1:], len(x)), x.dtype)
    products = y.reshape(len(y), filters, -1)

    def fill(part):
        for columns, matrices in _windows(x, windows, part):
            product(weights, matrices, products[part, :, columns])

    by_parts(fill, len(y), y.size * weights.shape[1])
    return channels_last(y)


def conv_kernel_gradient(x, dy, windows):
    """The same for this gradient; a matrix, entries × filters."""
    x, dy = in_rows_first(x), rows_first(in_rows_first(dy))
    entries, filters = math.prod(windows.window_size) * x.shape[-1], dy.shape[1]
    dy_rows = dy.reshape(len(dy), filters, -1)

    def total(part):
        gradient = np.zeros((entries, filters), x.dtype)
        for columns, matrices in _windows(x, windows, part):
            its = dy_rows[part, :, columns]
            for some in blocks(slice(0, len(its)), gradient.nbytes):
                gradient += summed_product(matrices[some], its[some])
        return gradient

    gradient, *others = by_parts(total, len(dy), dy.size * entries)
    for other in others:
        gradient += other
    return gradient


def conv_input_gradient(dy, kernel, windows):
    """The same for dx, where the windows have a stride of 1 along the first axis.

    Along that axis dy is correlated with the mirrored kernel, whose entries follow one another in
    memory there; along the others the products are added up where the entries of the windows lie.
    """
    length, (inputs, filters) = windows.window_size[0], kernel.shape[-2:]
    rows, before = rows_first(in_rows_first(dy)), length - 1 - windows.before[0]
    weights = np.moveaxis(kernel[::-1], 0, -2).reshape(-1, length * filters)
    shape = (windows.input_size[0], inputs, *windows.padded_size[1:], len(dy))
    dx = np.zeros(shape, dy.dtype)
    entries, row_bytes = windows.slices.entries, rows[0, 0].nbytes

    def fill(part):
        for some in _alike(part, before, len(rows) - length + before, len(weights) * row_bytes):
            # The window's entries that lie on rows of dy, and these rows.
            first = max(0, before - some.start)
            end = min(length, len(rows) + before - some.start)
            own = rows[some.start - before + first : some.stop - before + end - 1]
            columns = overlapping(own.reshape(len(own), filters, -1), end - first, 1)
            products = np.empty((len(columns), len(weights), columns.shape[2]), dy.dtype)
            product(weights[:, first * filters : end * filters], columns, products)
            products = products.reshape(len(products), len(entries), inputs, *rows.shape[2:])
            for number, (_, _, *places) in enumerate(entries):
                dx[(some, slice(None), *places)] += products[:, number]

    by_parts(fill, len(dx), dy.size * kernel.size // filters)
    return in_rows_first(channels_last(dx)[:, :, *windows.inside[2:]])


def _alike(part, first, last, bytes_each):
    """Blocks of the places from the first to the last, whose windows are whole; others one by one.

    Args:
        part: the slice of the places.
        first, last: see above.
        bytes_each: see `blocks`.
    """
    whole = slice(max(part.start, first), min(part.stop, last + 1))
    if whole.start < whole.stop:
        yield from blocks(whole, bytes_each)
    for place in range(part.start, part.stop):
        if not whole.start <= place < whole.stop:
            yield slice(place, place + 1)


def overlapping(rows, length, step):
    """The matrices that are made of so many rows each, one beginning every so many rows."""
    outer, *inner = rows.strides
    shape = (len(rows) - length) // step + 1, length * rows.shape[1], rows.shape[2]
    strides = outer * step, *inner
    return np.lib.stride_tricks.as_strided(rows, shape, strides, writeable=False)


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
        matrices = overlapping(slices, extent, step)
        yield slice(start, start + slices.shape[-1]), matrices
        start += slices.shape[-1]
