"""Means and variances that stay accurate in float32, and the views that they are taken over."""

import math

import numpy as np

from reference_numpy.kernels.rows_first import (
    channels_last,
    in_channels_last,
    lies_rows_first,
    rows_first,
)

BLOCK = 256


def statistics_dtype(dtype):
    """The dtype in which statistics of an input of `dtype` are kept: float32 or more.

    Squares of float16 numbers overflow beyond 256, so half precision is raised; integers are too.
    """
    return np.dtype("float64" if dtype == np.float64 else "float32")


def channels_view(x, axis):
    """x as (outer, channels, inner): the sizes before `axis`, at it, after it.

    Where `axis` is the last one there is no inner axis: NumPy works through (outer, channels) in
    place three times as fast as through (outer, channels, 1).
    """
    axis %= x.ndim
    inner = [math.prod(x.shape[axis + 1 :])] if axis < x.ndim - 1 else []
    if lies_rows_first(x):
        x = in_channels_last(x)
    return x.reshape(math.prod(x.shape[:axis]), x.shape[axis], *inner)


class ChannelsViews:
    """Arrays of one shape as `channels_view` has them; uncopied, too, where the first lies rows
    first (`kernels.rows_first`), whose channels are in the middle of the memory.

    Args:
        x: the first array.
        axis: the channels' axis.
    """

    def __init__(self, x, axis):
        self.shape, self.axis = x.shape, axis % x.ndim
        self.rows_first = self.axis == x.ndim - 1 and lies_rows_first(x)

    def of(self, x):
        """The view of an array of this shape."""
        if self.rows_first:
            return channels_view(rows_first(x), 1)
        return channels_view(x, self.axis)

    def back(self, view):
        """A view in the shape of the arrays, where it lies in memory as the first one does."""
        if not self.rows_first:
            return view.reshape(self.shape)
        batch, length, *sizes, channels = self.shape
        return channels_last(view.reshape(length, channels, *sizes, batch))


def along_channels(values, view):
    """One value a channel, in the shape that broadcasts against a `channels_view`."""
    return values if view.ndim == 2 else values[:, None]


def channel_sums(x, factor=None):
    """Σ x, or Σ x ⊙ factor, over all axes of a `channels_view` but the channels: (channels,).

    The sum is taken over blocks first and over the blocks' sums then: rounding grows with the
    length of a block and the number of blocks, not with their product, and no product is stored.
    """
    outer, channels, *inner = x.shape
    rows = max(1, BLOCK // max(1, math.prod(inner)))
    whole = outer // rows * rows
    axes = "brci" if inner else "brc"

    def block_sums(start, stop, rows):
        shape = ((stop - start) // rows, rows, channels, *inner)
        blocks = x[start:stop].reshape(shape)
        if factor is None:
            return np.einsum(f"{axes}->bc", blocks)
        return np.einsum(f"{axes},{axes}->bc", blocks, factor[start:stop].reshape(shape))

    total = block_sums(0, whole, rows).sum(axis=0) if whole else np.zeros(channels, x.dtype)
    if whole < outer:
        total += block_sums(whole, outer, outer - whole)[0]
    return total


def follow(state, value, momentum):
    """The moving average: state ← momentum · state + (1 − momentum) · value, in place.

    Returns the new value before it is rounded to the state's dtype.
    """
    value = state.astype(value.dtype) * momentum + value * (1.0 - momentum)
    state[...] = value
    return value
