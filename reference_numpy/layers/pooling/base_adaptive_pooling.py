"""Pooling to a given size: the bases of AdaptiveAveragePooling1D–3D and AdaptiveMaxPooling1D–3D."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.kernels.adaptive_pooling import (
    adaptive_average_pool,
    adaptive_average_pool_backward,
    adaptive_max_pool,
    adaptive_max_pool_backward,
)
from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.layers.data_format import (
    from_channels_last,
    join_shape,
    split_shape,
    to_channels_last,
)
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class BaseAdaptivePooling(Layer):
    """One number for each of `output_size` windows that cover the input evenly.

    Along an axis of n entries window o holds the entries ⌊o · n / output_size⌋ to
    ⌈(o + 1) · n / output_size⌉ − 1; the windows overlap where n is no multiple of `output_size`.

    Shapes (`channels_last`):
        x: (batch, *sizes, channels)      y: (batch, *output_size, channels)

    A subclass sets `rank` and defines `pool(x)` → `(y, cache)` and
    `pool_backward(dy, cache, input_size)` → dx.

    Args:
        output_size: number of windows, one integer or one for each spatial axis.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.

    Raises:
        TypeError: for an `output_size` of another type or length.
        ValueError: for an `output_size` below 1 (one axis: of another length), another
            `data_format`, or inputs with another number of axes.

    Source: He et al. 2014, "Spatial pyramid pooling in deep convolutional networks".
    """

    samples_apart = True
    rank: int

    def __init__(
        self, output_size: int | Sequence[int], data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.output_size = self._standardize(output_size)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def _standardize(self, value):
        sizes = (value,) * self.rank if isinstance(value, int) else value
        is_sequence = isinstance(sizes, (tuple, list))
        if not is_sequence or len(sizes) != self.rank:
            # Keras tells a wrong length from a wrong type with one axis only.
            error = ValueError if is_sequence and self.rank == 1 else TypeError
            raise error(
                f"`output_size` of layer '{self.name}' must be an integer or a tuple of "
                f"{self.rank} integers. Received: {value!r} of type {type(value).__name__}"
            )
        if any(not isinstance(size, int) or size < 1 for size in sizes):
            raise ValueError(
                f"`output_size` of layer '{self.name}' must hold integers of 1 or more. "
                f"Received: {value!r}"
            )
        return tuple(sizes)

    def forward(self, x, training=False):
        """y, and what backward needs."""
        differentiable = x.dtype.kind == "f"
        x = to_channels_last(x, self.data_format)
        y, cache = self.pool(x)
        y = from_channels_last(y, self.data_format)
        return y, (cache, x.shape[1:-1], differentiable)

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        cache, input_size, differentiable = cache
        if not differentiable:
            return None, []
        dx = self.pool_backward(to_channels_last(dy, self.data_format), cache, input_size)
        return from_channels_last(dx, self.data_format), []

    def compute_output_shape(self, input_shape):
        """`output_size` in the place of the spatial axes."""
        batch, _, channels = split_shape(input_shape, self.data_format)
        return join_shape(batch, self.output_size, channels, self.data_format)


class BaseAdaptiveAveragePooling(BaseAdaptivePooling):
    """y[o] = mean of x over the window o; backward spreads dy[o] evenly over the window."""

    def pool(self, x):
        """The averages; backward needs nothing of them."""
        return adaptive_average_pool(
            x.astype(self.compute_dtype, copy=False), self.output_size
        ), None

    def pool_backward(self, dy, cache, input_size):
        """dx, every window's share spread evenly."""
        return adaptive_average_pool_backward(dy, input_size)


class BaseAdaptiveMaxPooling(BaseAdaptivePooling):
    """y[o] = max of x over the window o; backward hands dy[o] to the entry that was the maximum.

    The axes are pooled one after the other. Where several entries are equally large the maximum
    has no derivative; along each axis the first of them takes all, as in TensorFlow.
    """

    def pool(self, x):
        """The maxima, and where they were found."""
        return adaptive_max_pool(x, self.output_size)

    def pool_backward(self, dy, cache, input_size):
        """dx, from where the maxima were found."""
        return adaptive_max_pool_backward(dy, cache, input_size)
