"""Shapes and arrays of a spatial layer, with the channels first or last.

The layers compute on arrays with their channels last; `"channels_first"` is a change of view.
"""

import numpy as np


def to_channels_last(x, data_format):
    """x with its channel axis last; a view."""
    return np.moveaxis(x, 1, -1) if data_format == "channels_first" else x


def from_channels_last(y, data_format):
    """y with its channel axis where `data_format` has it; a view."""
    return np.moveaxis(y, -1, 1) if data_format == "channels_first" else y


def split_shape(shape, data_format):
    """`(batch, sizes of the spatial axes, channels)` of a shape."""
    if data_format == "channels_first":
        return shape[0], tuple(shape[2:]), shape[1]
    return shape[0], tuple(shape[1:-1]), shape[-1]


def join_shape(batch, sizes, channels, data_format):
    """The shape with these parts."""
    if data_format == "channels_first":
        return (batch, channels, *sizes)
    return (batch, *sizes, channels)
