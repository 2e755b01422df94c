"""Margins around the spatial axes, cut off or added: each is the other's backward pass."""

import numpy as np

from reference_numpy.layers.argument_validation import standardize_data_format, standardize_tuple
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


def spatial_axes(rank, data_format):
    """The axes of `rank` spatial dimensions, channels first or last."""
    first = 2 if data_format == "channels_first" else 1
    return range(first, first + rank)


def crop(x, margins):
    """x without the (before, after) margins, one pair an axis; a view."""
    return x[tuple(slice(a, size - b) for (a, b), size in zip(margins, x.shape, strict=True))]


def pad(x, margins, value=0):
    """x with margins of `value`, (before, after) for each axis."""
    sizes = [size + a + b for (a, b), size in zip(margins, x.shape, strict=True)]
    y = np.full_like(x, value, shape=sizes)  # which lies in memory as x does
    crop(y, margins)[...] = x
    return y


class Margins(Layer):
    """The base of Cropping1D–3D and ZeroPadding1D–3D.

    Raises:
        ValueError: for another number of entries, or margins below 0.

    Args:
        argument: name of the constructor argument, `"cropping"` or `"padding"`.
        margins: its value: an integer for all margins, or an entry for each spatial axis that is
            an integer or a pair (before, after). With one axis the pair stands by itself.
        rank: number of spatial axes.
        data_format: `"channels_last"` or `"channels_first"`.
    """

    samples_apart = True
    not_in_config: tuple[str, ...] = (*Layer.not_in_config, "argument", "margins", "rank")

    def __init__(self, argument, margins, rank, data_format, **kwargs):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        if rank == 1:
            value = standardize_tuple(margins, 2, argument, allow_zero=True)
            self.pairs = [value]
        else:
            entries = (margins,) * rank if isinstance(margins, int) else margins
            if not hasattr(entries, "__len__") or len(entries) != rank:
                raise ValueError(
                    f"`{argument}` should be an integer, a tuple of {rank} integers, or a tuple of "
                    f"{rank} pairs (before, after). Received: {argument}={margins}"
                )
            value = self.pairs = tuple(
                standardize_tuple(entry, 2, f"entry {number} of {argument}", allow_zero=True)
                for number, entry in enumerate(entries)
            )
        setattr(self, argument, value)
        self.axes = spatial_axes(rank, self.data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def all_margins(self):
        """(before, after) of every axis, the batch and channel axes included."""
        margins = [(0, 0)] * (len(self.axes) + 2)
        for axis, pair in zip(self.axes, self.pairs, strict=True):
            margins[axis] = pair
        return margins

    def resized(self, input_shape, sign):
        """`input_shape` with the margins added (`sign` 1) or taken away (−1)."""
        shape = list(input_shape)
        for axis, pair in zip(self.axes, self.pairs, strict=True):
            shape[axis] = None if shape[axis] is None else shape[axis] + sign * sum(pair)
        return tuple(shape)
