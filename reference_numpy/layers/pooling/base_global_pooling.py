"""Pooling over all spatial axes at once: the bases of the global pooling layers."""

import math
from typing import Any

import numpy as np

from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.layers.data_format import join_shape, split_shape
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class BaseGlobalPooling(Layer):
    """One number for every channel.

    Shapes (`channels_last`):
        x: (batch, *sizes, channels)
        y: (batch, channels), or (batch, 1, …, 1, channels) with `keepdims`

    A subclass sets `rank`, the number of spatial axes.

    Args:
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.
        keepdims: whether the spatial axes stay, with the size 1.

    Raises:
        ValueError: for another `data_format`, or inputs with another number of axes.
    """

    samples_apart = True
    rank: int

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        first = 2 if self.data_format == "channels_first" else 1
        self.axes = tuple(range(first, first + self.rank))
        self.built = True

    def along_axes(self, y):
        """An array of the output's shape in a shape that broadcasts against the input."""
        return y if self.keepdims else np.expand_dims(y, self.axes)

    def compute_output_shape(self, input_shape):
        """The batch and channel axes, and with `keepdims` axes of size 1."""
        batch, _, channels = split_shape(input_shape, self.data_format)
        sizes = (1,) * self.rank if self.keepdims else ()
        return join_shape(batch, sizes, channels, self.data_format)


class BaseGlobalAveragePooling(BaseGlobalPooling):
    """y = mean of x over the spatial axes; backward: dx = dy / N at each of the N positions.

    Source: Lin, Chen & Yan 2013, "Network in network", section 3.2.
    """

    def forward(self, x, training=False):
        """The means, and the input's shape and whether it is floating."""
        differentiable = x.dtype.kind == "f"
        x = x.astype(self.compute_dtype, copy=False)
        return x.mean(axis=self.axes, keepdims=self.keepdims), (x.shape, differentiable)

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        shape, differentiable = cache
        if not differentiable:
            return None, []
        share = dy / math.prod(shape[axis] for axis in self.axes)
        return np.broadcast_to(self.along_axes(share), shape).copy(), []


class BaseGlobalMaxPooling(BaseGlobalPooling):
    """y = max of x over the spatial axes; backward: dx = dy where x is the maximum.

    Where several positions are equally large the maximum has no derivative; they share dy evenly,
    as in TensorFlow.
    """

    def forward(self, x, training=False):
        """The maxima; and x and them for backward."""
        y = x.max(axis=self.axes, keepdims=self.keepdims)
        return y, (x, y)

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        x, y = cache
        if x.dtype.kind != "f":
            return None, []
        largest = x == self.along_axes(y)
        shares = largest.sum(axis=self.axes, keepdims=self.keepdims, dtype=dy.dtype)
        return largest * self.along_axes(dy / shares), []
