"""Pooling over any number of spatial axes, with its gradients.

All arrays have their channels last: x (batch, *input_size, channels), y and dy
(batch, *output_size, channels). Windows may overlap; padding never counts.
"""

import numpy as np

from reference_numpy.kernels.half_precision import computed_in_single
from reference_numpy.kernels.windows import blocks


def max_pool(x, windows):
    """y[o] = max of x over the window o, and where it was found.

    The entries of all windows are met one after the other, in row-major order, the largest so
    far being kept. `found[t]` marks the windows in which entry t + 1 was larger than all before
    it: of equal entries the first one is the maximum.
    """
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    shape = (x.shape[0], *windows.output_size, x.shape[-1])
    y, found = np.empty(shape, x.dtype), np.empty((len(windows.entries) - 1, *shape), bool)
    for block in blocks(slice(0, len(x)), 2 * x[:1].nbytes):
        padded, largest = windows.pad(x[block], lowest), y[block]
        first, *others = windows.entries
        np.copyto(largest, padded[first])
        candidate = np.empty_like(largest)
        for entry, larger in zip(others, found, strict=True):
            # A contiguous copy pays: two operations on it follow.
            np.copyto(candidate, padded[entry])
            np.greater(candidate, largest, out=larger[block])
            np.maximum(candidate, largest, out=largest)
    return y, found


def max_pool_backward(dy, found, windows):
    """dx[i] = Σ of dy[o] over the windows o whose maximum is x[i].

    From the last entry to the first: whoever was the largest so far when it was met takes what is
    left of dy, and leaves nothing to those before it.
    """

    def shares(block):
        left = dy[block].copy()
        for larger in found[::-1]:
            share = left * larger[block]
            left -= share
            yield share
        yield left

    return _gather(dy, windows, shares, windows.entries[::-1])


@computed_in_single
def average_pool(x, windows):
    """y[o] = Σ of x over the window o / number of its entries that are not padding."""
    y = np.empty((x.shape[0], *windows.output_size, x.shape[-1]), x.dtype)
    first, *others = windows.entries
    for block in blocks(slice(0, len(x)), 2 * x[:1].nbytes):
        padded, total = windows.pad(x[block]), y[block]
        np.copyto(total, padded[first])
        for entry in others:
            total += padded[entry]
    y /= np.asarray(windows.counts, x.dtype)
    return y


@computed_in_single
def average_pool_backward(dy, windows):
    """dx[i] = Σ of dy[o] / (number of entries of o) over the windows o that hold i."""
    counts = np.asarray(windows.counts, dy.dtype)

    def shares(block):
        share = dy[block] / counts
        return (share for _ in windows.entries)

    return _gather(dy, windows, shares, windows.entries)


def _gather(dy, windows, shares, entries):
    """dx: every entry's share of dy added up where that entry lies."""
    channels = dy.shape[-1]
    dx = np.empty((dy.shape[0], *windows.input_size, channels), dy.dtype)
    for block in blocks(slice(0, len(dx)), 2 * dx[:1].nbytes):
        if windows.tiles:
            for entry, share in zip(entries, shares(block), strict=True):
                dx[block][entry] = share
            continue
        padded = np.zeros((dx[block].shape[0], *windows.padded_size, channels), dy.dtype)
        for entry, share in zip(entries, shares(block), strict=True):
            padded[entry] += share
        dx[block] = padded[windows.inside]
    return dx
