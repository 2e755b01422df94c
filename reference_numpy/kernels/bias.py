"""Adding a bias to an array with its channels last, and the sum that is its gradient.

NumPy is slow where its innermost loop runs over a few channels only. Both functions make the rows
longer: the bias is repeated to the length of an image's row, and the sum is taken over whole rows
before it is taken within them.
"""

import numpy as np

from reference_numpy.kernels.half_precision import computed_in_single
from reference_numpy.kernels.rows_first import lies_rows_first, rows_first

LARGE = 2**14


def add_bias(y, bias):
    """Add bias, (channels,), to y, (batch, *sizes, channels), in place."""
    repeats = y.shape[-2]
    if y.flags.c_contiguous and y.size > LARGE:
        rows = y.reshape(-1, repeats * len(bias))
        rows += np.tile(bias, repeats)
    else:
        y += bias


@computed_in_single
def bias_gradient(dy):
    """Σ dy over all axes but the channels."""
    channels = dy.shape[-1]
    if lies_rows_first(dy):
        rows = rows_first(dy).reshape(dy.shape[1] * channels, -1)
        return (rows @ np.ones(rows.shape[1], dy.dtype)).reshape(-1, channels).sum(axis=0)
    rows = dy.reshape(-1, dy.shape[-2] * channels)
    total = np.ones(len(rows), dy.dtype) @ rows
    return total.reshape(-1, channels).sum(axis=0)
