"""Convolution of every channel on its own, with the gradients of its input and its kernel.

y[o, c, m] = Σ over p of x[o · strides + p · dilation − before, c] · kernel[p, c, m]

x: (batch, *input_size, channels)      kernel: (*window_size, channels, multiplier)
y: (batch, *output_size, channels · multiplier)      dy: (batch, *output_size, channels, m)
"""

import numpy as np

from reference_numpy.kernels.half_precision import computed_in_single
from reference_numpy.kernels.rows_first import in_channels_last
from reference_numpy.kernels.windows import blocks


def _axes(windows):
    """Letters of the spatial axes and of the window's axes, for `einsum`."""
    rank = len(windows.window_size)
    return "hwd"[:rank], "pqr"[:rank]


def with_multiplier(dy, kernel):
    """dy of a layer, (…, channels · multiplier), as (…, channels, multiplier)."""
    return dy.reshape(*dy.shape[:-1], *kernel.shape[-2:])


@computed_in_single
def depthwise_conv(x, kernel, windows):
    """y, the entries of every window weighted and summed, channel by channel."""
    spatial, entries = _axes(windows)
    view = windows.view(windows.pad(in_channels_last(x)))
    multiplier = kernel.shape[-1]
    equation = f"n{spatial}{entries}c,{entries}c->n{spatial}c"
    weights = np.ascontiguousarray(np.moveaxis(kernel, -1, 0))
    parts = [np.einsum(equation, view, weights[m]) for m in range(multiplier)]
    if multiplier == 1:
        return parts[0]
    y = np.stack(parts, axis=-1)
    return y.reshape(*y.shape[:-2], y.shape[-2] * multiplier)


@computed_in_single
def depthwise_conv_kernel_gradient(x, dy, windows):
    """dkernel[p, c, m] = Σ over the windows o of x[entry p of o, c] · dy[o, c, m]."""
    spatial, entries = _axes(windows)
    view = windows.view(windows.pad(in_channels_last(x)))
    equation = f"n{spatial}{entries}c,n{spatial}c->{entries}c"
    return np.stack([np.einsum(equation, view, dy[..., m]) for m in range(dy.shape[-1])], axis=-1)


@computed_in_single
def depthwise_conv_input_gradient(dy, kernel, windows):
    """dx[i, c] = Σ of dy[o, c, m] · kernel[p, c, m] over m and the windows o whose entry p is i."""
    channels, multiplier = kernel.shape[-2:]
    if max(windows.strides) == 1:
        # For one m a correlation of dy with the mirrored kernel.
        mirrored = np.flip(kernel, range(kernel.ndim - 2))
        parts = [
            depthwise_conv(dy[..., m], mirrored[..., m, None], windows.mirrored)
            for m in range(multiplier)
        ]
        return sum(parts[1:], start=parts[0])
    dx = np.empty((dy.shape[0], *windows.input_size, channels), dy.dtype)
    weights = kernel.reshape(-1, *kernel.shape[-2:])
    for block in blocks(slice(0, len(dy)), 3 * dy[:1].nbytes):
        part = dy[block]
        padded = np.zeros((part.shape[0], *windows.padded_size, channels), dy.dtype)
        for entry, weight in zip(windows.entries, weights, strict=True):
            padded[entry] += np.einsum("...cm,cm->...c", part, weight)
        dx[block] = padded[windows.inside]
    return dx
