"""Pooling over any number of spatial axes, with its gradients.

All arrays have their channels last: x (batch, *input_size, channels), y and dy
(batch, *output_size, channels). Windows may overlap; padding never counts.
"""

import numpy as np

from reference_numpy.kernels.half_precision import computed_in_single
from reference_numpy.kernels.memory import is_forward_alone
from reference_numpy.kernels.rows_first import in_rows_first, lies_rows_first
from reference_numpy.kernels.windows import blocks


def max_pool(x, windows):
    """y[o] = max of x over the window o, and where it was found.

    The entries of all windows are met one after the other, in row-major order, the largest so
    far being kept. `found[t]` marks the windows in which entry t + 1 was larger than all before
    it: of equal entries the first one is the maximum. Without a backward pass nothing is marked.
    """
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    y = _outputs(x, windows)
    entries = [] if is_forward_alone() else windows.entries[1:]
    found = [_outputs(x, windows, bool) for _ in entries]
    for block, (first, *others) in _entries(x, windows, lowest):
        largest = y[block]
        np.copyto(largest, first)
        if not found:
            for entry in others:
                np.maximum(entry, largest, out=largest)
            continue
        candidate = np.empty_like(largest)
        for entry, larger in zip(others, found, strict=True):
            # A contiguous copy pays: two operations on it follow.
            np.copyto(candidate, entry)
            np.greater(candidate, largest, out=larger[block])
            np.maximum(candidate, largest, out=largest)
    return y, found


def max_pool_backward(dy, found, windows):
    """dx[i] = Σ of dy[o] over the windows o whose maximum is x[i].

    From the last entry to the first: whoever was the largest so far when it was met takes what is
    left of dy, and leaves nothing to those before it.
    """
    if found and lies_rows_first(found[0]):
        dy = in_rows_first(dy)

    def shares(block):
        left = dy[block].copy(order="K")
        for larger in found[::-1]:
            share = larger[block].astype(dy.dtype)
            share *= left
            left -= share
            yield share
        yield left

    return _gather(dy, windows, shares, windows.entries[::-1])


@computed_in_single
def average_pool(x, windows):
    """y[o] = Σ of x over the window o / number of its entries that are not padding."""
    y = _outputs(x, windows)
    for block, (first, *others) in _entries(x, windows, 0):
        total = y[block]
        np.copyto(total, first)
        for entry in others:
            total += entry
    y /= np.asarray(windows.counts, x.dtype)
    return y


@computed_in_single
def average_pool_backward(dy, windows):
    """dx[i] = Σ of dy[o] / (number of entries of o) over the windows o that hold i."""
    share = dy / np.asarray(windows.counts, dy.dtype)
    return _gather(
        dy, windows, lambda block: (share[block] for _ in windows.entries), windows.entries
    )


def _outputs(x, windows, dtype=None):
    """An array for a number a window, which lies in memory as x does."""
    return np.empty_like(x, dtype, shape=(len(x), *windows.output_size, x.shape[-1]))


def _blocks(x, windows):
    """`(samples, blocks of rows)` of the outputs: few of what is outermost in memory at a time."""
    everything = slice(0, len(x))
    if lies_rows_first(x):
        rows = windows.output_size[0]
        yield everything, blocks(slice(0, rows), 2 * x.nbytes // max(1, rows))
        return
    for samples in blocks(everything, 2 * x[:1].nbytes):
        yield samples, [slice(None)]


def _entries(x, windows, padding):
    """`(block of the outputs, what lies there at each entry of the windows)`."""
    for samples, blocks_of_rows in _blocks(x, windows):
        padded = windows.pad(x[samples], padding)
        for rows in blocks_of_rows:
            yield (samples, rows), [padded[entry][:, rows] for entry in windows.entries]


def _gather(dy, windows, shares, entries):
    """dx: every entry's share of dy added up where that entry lies."""
    channels = dy.shape[-1]
    dx = np.empty_like(dy, shape=(len(dy), *windows.input_size, channels))
    for samples, blocks_of_rows in _blocks(dx, windows):
        target = dx[samples]
        if not windows.tiles:
            target = np.zeros_like(dy, shape=(len(target), *windows.padded_size, channels))
        for rows in blocks_of_rows:
            for entry, share in zip(entries, shares((samples, rows)), strict=True):
                if windows.tiles:
                    target[entry][:, rows] = share
                else:
                    target[entry][:, rows] += share
        if not windows.tiles:
            dx[samples] = target[windows.inside]
    return dx
