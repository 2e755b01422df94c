"""Transposed convolution: the base of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.kernels.convolution import conv, conv_input_gradient, conv_kernel_gradient
from reference_numpy.kernels.windows import Windows
from reference_numpy.layers.argument_validation import positive_integer, standardize_tuple
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer


class BaseConvTranspose(ConvolutionLayer):
    """y = f(x ∗ᵀ W + b): the input gradient of a convolution, as a layer that enlarges.

    Every entry x[o] is spread over a window of the output, p running over the kernel's positions:

        z[o · strides + p · dilation_rate − before] += x[o] W[p]ᵀ

    With dz = dy ⊙ f′(z + b) backward is the convolution that this transposes:

        dx[o] = Σ over p of dz[o · strides + p · dilation_rate − before] W[p]
        dW[p] = Σ over o of dz[o · strides + p · dilation_rate − before]ᵀ x[o]
        db = Σ dz over all axes but the channels

    Shapes (`channels_last`):
        x: (batch, *sizes, inputs)      W = `kernel`: (*kernel_size, filters, inputs)
        b = `bias`: (filters,)          y: (batch, *output sizes, filters)

    Output size along an axis, with e = (kernel_size − 1) · dilation_rate + 1:

        `output_padding`     "valid"                                   "same"
        None                 (size − 1) · strides + max(e, strides)    size · strides
        a number             (size − 1) · strides + e + number         … + e mod 2 + number

    `"valid"` keeps all that the windows reach (before = 0); `"same"` cuts what is too much, half
    of it before, half after (the odd one after). What no window reaches is b alone.

    Args:
        filters: number of output channels.
        kernel_size, strides, dilation_rate: one integer, or one for each spatial axis; strides and
            dilation rates may not both be above 1.
        padding: `"valid"` or `"same"`.
        output_padding: entries added at the end, below `strides`; None for Keras's default.
        data_format, activation, use_bias and the rest: as in `BaseConv`.

    Raises:
        ValueError: for sizes below 1, an `output_padding` that is not below `strides`, strides
            together with dilation, another `padding` or `data_format`, or inputs with another
            number of axes.

    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        output_padding: int | Sequence[int] | None = None,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Named = None,
        use_bias: bool = True,
        kernel_initializer: Named = "glorot_uniform",
        bias_initializer: Named = "zeros",
        kernel_regularizer: Named = None,
        bias_regularizer: Named = None,
        activity_regularizer: Named = None,
        kernel_constraint: Named = None,
        bias_constraint: Named = None,
        **kwargs: Any,
    ):
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            activity_regularizer,
            bias_constraint,
            **kwargs,
        )
        self.filters = positive_integer(filters, "filters")
        self.check_strides_and_dilation()
        added = None
        if output_padding is not None:
            added = standardize_tuple(output_padding, self.rank, "output_padding", allow_zero=True)
            if any(extra >= s for extra, s in zip(added, self.strides, strict=True)):
                raise ValueError(
                    f"Layer '{self.name}': each value in `output_padding` must be strictly less "
                    "than the corresponding `strides` value. Received: "
                    f"output_padding={added}, strides={self.strides}."
                )
        self.output_padding = added
        arguments = kernel_initializer, kernel_regularizer, kernel_constraint
        self.keep_arguments_of("kernel", *arguments)

    def add_kernels(self, channels):
        """Create W."""
        shape = (*self.kernel_size, self.filters, channels)
        self.kernel = self.add_with_arguments("kernel", shape)

    def lengths(self, sizes):
        """Sizes of the output's spatial axes, None where the input's is."""
        extra = self.output_padding or (None,) * self.rank
        axes = zip(sizes, self.kernel_size, self.strides, self.dilation_rate, extra, strict=True)
        return tuple(None if n is None else self._length(n, *rest) for n, *rest in axes)

    def _length(self, size, kernel, stride, dilation, extra):
        extent = (kernel - 1) * dilation + 1
        if self.padding == "valid":
            return (size - 1) * stride + (max(extent, stride) if extra is None else extent + extra)
        return size * stride if extra is None else (size - 1) * stride + extent % 2 + extra

    def windows(self, x):
        """The kernel's places over the output, one window for each entry of x."""
        sizes = x.shape[1:-1]
        output_sizes = self.output_sizes(x.shape, sizes)
        kernel = self.kernel_size, self.strides, self.padding, self.dilation_rate
        return Windows.of(output_sizes, *kernel, output_size=sizes)

    def convolve(self, x):
        """z, and what its gradients need."""
        windows = self.windows(x)
        return conv_input_gradient(x, self.kernel, windows), (x, windows)

    def convolve_backward(self, dz, cache, input_gradient):
        """dx (None where not asked for) and [dW]."""
        x, windows = cache
        grads = [conv_kernel_gradient(dz, x, windows)]
        return conv(dz, self.kernel, windows) if input_gradient else None, grads

    def output_channels(self, channels):
        """The number of filters."""
        return self.filters
