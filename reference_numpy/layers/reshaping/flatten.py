"""All axes but the batch axis in one."""

import math
from typing import Any

from reference_numpy.kernels.rows_first import in_channels_last, in_rows_first, lies_rows_first
from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class Flatten(Layer):
    """y[b] = the entries of x[b] in a row, the channels changing fastest.

    Backward puts the entries of dy back: dx[b] = dy[b] in the shape of x[b].

    Shapes:
        x: (batch, …)   y: (batch, product of the other axes), or (batch, 1) for x: (batch,)

    Args:
        data_format: `"channels_last"` (the default for None), or `"channels_first"` for inputs
            (batch, channels, …): they are put in channels-last order first, so that both formats
            give the same y.

    Raises:
        ValueError: for another `data_format`.
    """

    samples_apart = True

    def __init__(self, data_format: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def forward(self, x, training=False):
        """The rows, and the shape and the layout that backward restores."""
        if self.data_format == "channels_first" and x.ndim > 1:
            x = x.transpose(0, *range(2, x.ndim), 1)
        rows = in_channels_last(x).reshape(x.shape[0], math.prod(x.shape[1:]))
        return rows, (x.shape, lies_rows_first(x))

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        shape, in_rows = cache
        dx = dy.reshape(shape)
        if in_rows:  # so that what comes before Flatten finds dx as it left x
            dx = in_rows_first(dx)
        if self.data_format == "channels_first" and dx.ndim > 1:
            dx = dx.transpose(0, dx.ndim - 1, *range(1, dx.ndim - 1))
        return dx, []

    def compute_output_shape(self, input_shape):
        """The batch axis and the product of the others."""
        rest = input_shape[1:]
        return (input_shape[0], None if None in rest else math.prod(rest))
