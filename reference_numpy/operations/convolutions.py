"""Convolutions whose kernels are arguments of the call: computed in the graph, or constants."""

from collections.abc import Sequence

from reference_numpy.kernels.convolution import conv, conv_input_gradient, conv_kernel_gradient
from reference_numpy.kernels.depthwise_convolution import (
    depthwise_conv,
    depthwise_conv_input_gradient,
    depthwise_conv_kernel_gradient,
    with_multiplier,
)
from reference_numpy.kernels.separable_convolution import separable_conv, separable_conv_backward
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
from reference_numpy.operations.operation import Operation


class Convolution(Operation):
    """What the convolutions share: windows, data format and shapes.

    A subclass defines `convolve(x, *kernels)` → `(y, cache)` and `convolve_backward(dy, cache)` →
    the gradients of x and the kernels, all with their channels last, and `channels(*shapes)` → the
    numbers of input and output channels that the kernels' shapes say.

    Shapes (`channels_last`): inputs (batch, *sizes, channels), y (batch, *output sizes, filters).

    Args:
        strides, dilation_rate: one integer, or one for each spatial axis.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.

    Raises:
        ValueError: for kernels that do not fit the inputs, and inputs smaller than the kernel.
    """

    def __init__(
        self,
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        name: str | None = None,
    ):
        super().__init__(name)
        self.strides, self.padding = strides, padding
        self.data_format, self.dilation_rate = data_format, dilation_rate

    def forward(self, inputs, kernel):
        """y, and what its gradients need."""
        return self._convolved(inputs, kernel)

    def shape(self, inputs, kernel):
        """(batch, *output sizes, filters)."""
        return self._shape(inputs, kernel)

    def _convolved(self, *arrays):
        """y and the cache of the subclass, from inputs and kernels."""
        x, *kernels = self.promoted(*arrays)
        y, cache = self.convolve(to_channels_last(x, self._data_format), *kernels)
        return from_channels_last(y, self._data_format), cache

    def backward(self, dy, cache):
        """The gradients of the inputs and of the kernels."""
        dx, *grads = self.convolve_backward(to_channels_last(dy, self._data_format), cache)
        return from_channels_last(dx, self._data_format), *grads

    @property
    def _data_format(self):
        return standardize_data_format(self.data_format)

    def _axes(self, sizes, window_size):
        """`(size, window, stride, padding, dilation)` of each spatial axis."""
        rank = len(sizes)
        strides = standardize_tuple(self.strides, rank, "strides")
        dilation_rate = standardize_tuple(self.dilation_rate, rank, "dilation_rate")
        padding = (standardize_padding(self.padding),) * rank
        return list(zip(sizes, window_size, strides, padding, dilation_rate, strict=True))

    def windows(self, x, kernel):
        """The kernel's places over x, which has its channels last."""
        sizes, window_size, strides, padding, dilation_rate = zip(
            *self._axes(x.shape[1:-1], kernel.shape[:-2])
        )
        return Windows.of(sizes, window_size, strides, padding[0], dilation_rate)

    def _shape(self, inputs, *kernels):
        ranks = {len(inputs), *map(len, kernels)}
        if len(ranks) > 1 or not 3 <= len(inputs) <= 5:
            raise ValueError(
                f"Operation '{self.name}' takes inputs of 3 to 5 axes (batch, spatial axes, "
                f"channels) and kernels of as many. Received: inputs.shape={inputs}, kernels of "
                f"the shapes {', '.join(map(str, kernels))}"
            )
        batch, sizes, channels = split_shape(inputs, self._data_format)
        wanted, filters = self.channels(*kernels)
        if None not in (channels, wanted) and channels != wanted:
            raise ValueError(
                f"Operation '{self.name}': {channels} input channels do not fit a kernel of the "
                f"shape {kernels[0]}, which is for {wanted}."
            )
        found = tuple(_length(*axis) for axis in self._axes(sizes, kernels[0][:-2]))
        if any(size is not None and size < 1 for size in found):
            raise ValueError(
                f"Operation '{self.name}': a kernel of the shape {kernels[0]} leaves nothing of "
                f"inputs of the shape {inputs}."
            )
        return join_shape(batch, found, filters, self._data_format)


def _length(size, window, stride, padding, dilation):
    unknown = window is None and padding == "valid"
    return None if unknown else output_length(size, window, stride, padding, dilation)


class Conv(Convolution, keras="ops.nn"):
    """y[o] = Σ over p of x[o · strides + p · dilation_rate − before] kernel[p].

    dkernel[p] = Σ over o of x[that entry]ᵀ dy[o];  dx[i] = Σ of dy[o] kernel[p]ᵀ over the o and p
    whose entry is i.

    kernel: (*kernel_size, channels, filters). Groups of channels, which the layers have, Keras's
    operation refuses.
    """

    def convolve(self, x, kernel):
        """The convolution."""
        windows = self.windows(x, kernel)
        return conv(x, kernel, windows), (x, kernel, windows)

    def convolve_backward(self, dy, cache):
        """dx and dkernel."""
        x, kernel, windows = cache
        return conv_input_gradient(dy, kernel, windows), conv_kernel_gradient(x, dy, windows)

    def channels(self, kernel):
        """The kernel's inputs and filters."""
        return kernel[-2], kernel[-1]


class DepthwiseConv(Convolution, keras="ops.nn"):
    """y[o, c · multiplier + m] = Σ over p of x[o · strides + …, c] kernel[p, c, m].

    dkernel[p, c, m] = Σ over o of x[that entry, c] dy[o, c, m];  dx[i, c] = Σ of dy[o, c, m]
    kernel[p, c, m] over m and the o and p whose entry is i.

    kernel: (*kernel_size, channels, multiplier).
    """

    def convolve(self, x, kernel):
        """The convolution, channel by channel."""
        windows = self.windows(x, kernel)
        return depthwise_conv(x, kernel, windows), (x, kernel, windows)

    def convolve_backward(self, dy, cache):
        """dx and dkernel."""
        x, kernel, windows = cache
        dy = with_multiplier(dy, kernel)
        dx = depthwise_conv_input_gradient(dy, kernel, windows)
        return dx, depthwise_conv_kernel_gradient(x, dy, windows)

    def channels(self, kernel):
        """The kernel's channels, and as many times the multiplier."""
        return kernel[-2], None if None in kernel[-2:] else kernel[-2] * kernel[-1]


class SeparableConv(DepthwiseConv, keras="ops.nn"):
    """y = u V, u the depthwise convolution of x, V a matrix that mixes its channels.

    dV = Σ over o of u[o]ᵀ dy[o];  with du = dy Vᵀ the rest is `DepthwiseConv`'s.

    depthwise_kernel: (*kernel_size, channels, multiplier)
    pointwise_kernel: V, (1, …, 1, channels · multiplier, filters)
    """

    def forward(self, inputs, depthwise_kernel, pointwise_kernel):
        """y, and what its gradients need."""
        return self._convolved(inputs, depthwise_kernel, pointwise_kernel)

    def convolve(self, x, depthwise_kernel, pointwise_kernel):
        """The two convolutions."""
        windows = self.windows(x, depthwise_kernel)
        y, cache = separable_conv(x, depthwise_kernel, pointwise_kernel, windows)
        return y, (cache, depthwise_kernel, pointwise_kernel)

    def convolve_backward(self, dy, cache):
        """dx and those of the two kernels."""
        return separable_conv_backward(dy, *cache)

    def channels(self, depthwise_kernel, pointwise_kernel):
        """The depthwise kernel's channels, the pointwise kernel's filters."""
        wanted, between = super().channels(depthwise_kernel)
        if None not in (between, pointwise_kernel[-2]) and between != pointwise_kernel[-2]:
            raise ValueError(
                f"Operation '{self.name}': the depthwise kernel {depthwise_kernel} makes {between} "
                f"channels, the pointwise kernel {pointwise_kernel} takes {pointwise_kernel[-2]}."
            )
        return wanted, pointwise_kernel[-1]

    def shape(self, inputs, depthwise_kernel, pointwise_kernel):
        """(batch, *output sizes, filters)."""
        return self._shape(inputs, depthwise_kernel, pointwise_kernel)
