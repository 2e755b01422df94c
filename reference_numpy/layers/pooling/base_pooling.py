"""Pooling over any number of spatial axes: the bases of MaxPooling1D–3D and AveragePooling1D–3D."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.kernels.pooling import (
    average_pool,
    average_pool_backward,
    max_pool,
    max_pool_backward,
)
from reference_numpy.kernels.windows import Windows, output_length
from reference_numpy.layers.argument_validation import (
    standardize_data_format,
    standardize_padding,
    standardize_tuple,
)
from reference_numpy.layers.data_format import (
    from_channels_last,
    join_shape,
    split_shape,
    to_channels_last,
)
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class BasePooling(Layer):
    """One number for every window of every channel.

    Window o holds the entries o · strides + p − before of the input, p = 0 … pool_size − 1 along
    each axis; padding never counts.

    Shapes (`channels_last`):
        x: (batch, *sizes, channels)      y: (batch, *output sizes, channels)

    Output size along an axis: ⌊(size − pool_size) / strides⌋ + 1 for `"valid"`, ⌈size / strides⌉
    for `"same"`, half of whose padding lies before, half after (the odd one after).

    A subclass sets `rank` and defines `pool(x, windows)` → `(y, cache)` and
    `pool_backward(dy, cache, windows)` → dx.

    Args:
        pool_size: size of the window, one integer or one for each spatial axis.
        strides: distance between windows, as `pool_size`; None for `pool_size`.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.

    Raises:
        ValueError: for sizes below 1, another `padding` or `data_format`, inputs with another
            number of axes, or inputs smaller than the window where nothing is padded.
    """

    samples_apart = True
    rank: int

    def __init__(
        self,
        pool_size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.pool_size = standardize_tuple(pool_size, self.rank, "pool_size")
        strides = pool_size if strides is None else strides
        self.strides = standardize_tuple(strides, self.rank, "strides")
        self.how_to_pad = standardize_padding(padding)
        self.padding = padding
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def forward(self, x, training=False):
        """y, and what backward needs."""
        differentiable = x.dtype.kind == "f"
        x = to_channels_last(x, self.data_format)
        sizes = x.shape[1:-1]
        self.output_sizes(x.shape, sizes)
        windows = Windows.of(sizes, self.pool_size, self.strides, self.how_to_pad)
        y, cache = self.pool(x, windows)
        return from_channels_last(y, self.data_format), (cache, windows, differentiable)

    def backward(self, dy, cache, input_gradient=True):
        """dx, and no gradients of weights."""
        cache, windows, differentiable = cache
        if not (input_gradient and differentiable):
            return None, []
        dx = self.pool_backward(to_channels_last(dy, self.data_format), cache, windows)
        return from_channels_last(dx, self.data_format), []

    def output_sizes(self, input_shape, sizes):
        """Sizes of the output's spatial axes. Raises ValueError where nothing would be left."""
        axes = zip(sizes, self.pool_size, self.strides, strict=True)
        found = tuple(output_length(n, k, s, self.how_to_pad) for n, k, s in axes)
        if any(size is not None and size < 1 for size in found):
            raise ValueError(
                f"Layer '{self.name}': computed output size would be zero or negative. Received: "
                f"inputs shape={tuple(input_shape)}, pool_size={self.pool_size}, "
                f"strides={self.strides}, padding='{self.padding}'"
            )
        return found

    def compute_output_shape(self, input_shape):
        """The number of windows along each spatial axis."""
        batch, sizes, channels = split_shape(input_shape, self.data_format)
        return join_shape(batch, self.output_sizes(input_shape, sizes), channels, self.data_format)


class BaseMaxPooling(BasePooling):
    """y[o] = max of x over the window o, channel by channel.

    Backward hands dy[o] to the entry that was the maximum. Where several entries of a window are
    equally large the maximum has no derivative; the first of them in row-major order takes all of
    dy[o], as in TensorFlow.

    Source: Saito, Deep Learning from Scratch, section 7.3.
    """

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(pool_size, strides, padding, data_format, **kwargs)

    def pool(self, x, windows):
        """The maxima, and where they were found."""
        return max_pool(x, windows)

    def pool_backward(self, dy, cache, windows):
        """dx, from where the maxima were found."""
        return max_pool_backward(dy, cache, windows)


class BaseAveragePooling(BasePooling):
    """y[o] = Σ of x over the window o / n[o], n[o] the number of its entries inside the input.

    Backward: dx[i] = Σ of dy[o] / n[o] over the windows o that hold i.

    Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition".
    """

    def pool(self, x, windows):
        """The averages; backward needs nothing of them."""
        return average_pool(x.astype(self.compute_dtype, copy=False), windows), None

    def pool_backward(self, dy, cache, windows):
        """dx, every window's share spread evenly."""
        return average_pool_backward(dy, windows)
