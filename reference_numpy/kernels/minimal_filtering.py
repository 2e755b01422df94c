"""Convolution with kernels of three columns by four products where the plain form takes six.

Two neighbouring outputs of a window of three, y0 = d0 g0 + d1 g1 + d2 g2 and
y1 = d1 g0 + d2 g1 + d3 g2, are

    m0 = (d0 − d2) g0                    m1 = (d1 + d2) (g0 + g1 + g2) / 2
    m3 = (d1 − d3) g2                    m2 = (d2 − d1) (g0 − g1 + g2) / 2
    y0 = m0 + m1 + m2                    y1 = m1 − m2 − m3

Here d are columns of images that lie rows first, y two columns of the output, and g the columns of
the kernel, matrices of filters × entries. What the chain rule makes of the same four products is
the gradient of the kernel.

The terms of an output cancel: its rounding error goes by the largest number in its window times the
largest of the kernel, not by each product, and where one is infinite it is NaN. Therefore only
float32 is computed so; float64, in which things are proved, has the plain form.

Sources: S. Winograd, Arithmetic Complexity of Computations (1980), the algorithm F(2, 3); A. Lavin
and S. Gray, Fast Algorithms for Convolutional Neural Networks (2016).
"""

import numpy as np

from reference_numpy.kernels.rows_first import channels_last, in_rows_first, overlapping, rows_first
from reference_numpy.kernels.threads import by_parts, even_slices
from reference_numpy.kernels.windows import blocks

#: Fewer channels than this make too few multiplications for the sums beside them.
MANY_CHANNELS = 16
#: Samples that make the rows of a matrix: longer ones OpenBLAS copies before it multiplies them,
#: and shorter ones are too short for NumPy's sums.
FEWEST, MOST = 32, 64


def worth_filtering(x, filters, windows):
    """Whether to compute so: float32, three columns side by side, many channels and samples."""
    return (
        x.dtype == np.float32
        and len(x) >= FEWEST
        and min(x.shape[-1], filters) >= MANY_CHANNELS
        and windows.window_size[1:] == (3,)
        and windows.strides[1] == windows.dilation_rate[1] == 1
    )


def conv(x, kernel, windows):
    """See `kernels.convolution`; y lies rows first."""
    rows, filters = rows_first(in_rows_first(x)), kernel.shape[-1]
    g0, g1, g2 = kernel.transpose(1, 3, 0, 2).reshape(3, filters, -1)
    outer = (g0 + g2) / 2
    factors = g0, outer + g1 / 2, outer - g1 / 2, g2
    y = np.empty((windows.output_size[0], filters, windows.output_size[1], len(x)), x.dtype)

    def fill(part):
        for places, columns, samples in _tiles(windows, rows, y, part):
            even, odd = _pairs(y[places, :, columns, samples])
            sums = _sums(rows, windows, places, columns, samples)
            m0, m1, m2, m3 = (
                (factor @ matrices).reshape(even.shape) for factor, matrices in zip(factors, sums)
            )
            np.add(m0, m1, out=even)
            even += m2
            if odd.size:
                m1 -= m2
                np.subtract(m1, m3, out=odd)

    by_parts(fill, len(y), y.size * kernel.size // filters)
    return channels_last(y)


def conv_kernel_gradient(x, dy, windows):
    """The same for this gradient."""
    rows, dy = rows_first(in_rows_first(x)), rows_first(in_rows_first(dy))
    length, inputs, filters = windows.window_size[0], rows.shape[1], dy.shape[1]

    def total(part):
        gradients = np.zeros((4, length * inputs, filters), dy.dtype)
        for places, columns, samples in _tiles(windows, rows, dy, part):
            even, odd = _pairs(dy[places, :, columns, samples])
            odd = odd if odd.size else np.zeros_like(even)
            sums = _sums(rows, windows, places, columns, samples)
            dm = even, even + odd, even - odd, odd
            for gradient, matrices, its in zip(gradients, sums, dm):
                its = its.reshape(len(its), filters, -1)
                gradient += (matrices @ its.swapaxes(1, 2)).sum(axis=0)
        return gradients

    d0, d1, d2, d3 = sum(by_parts(total, len(dy), dy.size * length * 3 * inputs))
    outer = (d1 + d2) / 2
    columns = np.stack([d0 + outer, (d1 - d2) / 2, outer - d3])
    return columns.reshape(3, length, inputs, filters).swapaxes(0, 1)


def _tiles(windows, rows, y, part):
    """Places along the first axis, columns, and samples of the output: three slices.

    Few samples of several pairs of columns make the rows of a matrix, many of one pair.

    Args:
        rows, y: input and output, rows first.
        part: the slice of the places.
    """
    channels, (_, filters, _, batch) = rows.shape[1], y.shape
    for samples in even_slices(batch, -(-batch // MOST)):
        count = samples.stop - samples.start
        for columns in _columns(windows, together=MOST // count * 2):
            pairs = -(-(columns.stop - columns.start) // 2)
            numbers = (channels + 4 * filters) * pairs * count
            for places in blocks(part, numbers * y.itemsize):
                yield places, columns, samples


def _columns(windows, together):
    """Slices of the output's columns, pairs, of which the last may be one column alone.

    So many are put together where their windows lie inside of the input; others go pair by pair.
    """
    before, width = windows.before[1], windows.output_size[1]
    inside = min(width, before + windows.input_size[1] - 2) // 2 * 2
    start = 0
    while start < width:
        stop = min(start + 2, width)
        if start >= before:
            stop = max(stop, min(start + together, inside))
        yield slice(start, stop)
        start = stop


def _pairs(columns):
    """Those at even and those at odd places, of which the last may lack."""
    return columns[:, :, 0::2], columns[:, :, 1::2]


def _sums(rows, windows, places, columns, samples):
    """The sums of columns that m0 to m3 take, as matrices, places × entries × pairs and samples.

    Each is written into the same memory as the last one.
    """
    (length, _), (step, _), (above, before) = windows.window_size, windows.strides, windows.before
    first = places.start * step - above
    end = (places.stop - 1) * step - above + length
    inside = rows[max(first, 0) : max(end, 0), :, :, samples]
    pairs = -(-(columns.stop - columns.start) // 2)
    memory = np.zeros((end - first, rows.shape[1], pairs, inside.shape[-1]), rows.dtype)
    written = memory[max(-first, 0) :][: len(inside)]
    matrices = overlapping(memory.reshape(*memory.shape[:2], -1), length, step)
    start = columns.start - before
    d0, d1, d2, d3 = (
        inside[:, :, place : place + 2 * pairs - 1 : 2]
        if 0 <= place < rows.shape[2]
        else rows.dtype.type(0)
        for place in range(start, start + 4)
    )
    for combine, one, other in (
        (np.subtract, d0, d2),
        (np.add, d1, d2),
        (np.subtract, d2, d1),
        (np.subtract, d1, d3),
    ):
        combine(one, other, out=written)
        yield matrices
