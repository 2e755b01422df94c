"""Convolution of every channel on its own: the base of DepthwiseConv1D and DepthwiseConv2D."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.kernels.depthwise_convolution import (
    depthwise_conv,
    depthwise_conv_input_gradient,
    depthwise_conv_kernel_gradient,
    with_multiplier,
)
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer


class BaseDepthwiseConv(ConvolutionLayer):
    """y = f(z + b) with kernels of its own for every channel: channels are not mixed.

    For every window o, channel c and m = 0 … depth_multiplier − 1, p over the kernel's positions:

        z[o, c · depth_multiplier + m] = Σ over p of x[o · strides + p · dilation_rate − before, c]
                                                     · W[p, c, m]

    With dz = dy ⊙ f′(z + b), its last axis split into c and m:

        dW[p, c, m] = Σ over o of x[o · strides + p · dilation_rate − before, c] · dz[o, c, m]
        dx[i, c] = Σ of dz[o, c, m] · W[p, c, m] over m and all o, p whose place is i
        db = Σ dz over all axes but the channels

    Shapes (`channels_last`), C = channels · depth_multiplier:
        x: (batch, *sizes, channels)    W = `kernel`: (*kernel_size, channels, depth_multiplier)
        b = `bias`: (C,)                y: (batch, *output sizes, C)

    Args:
        kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias and the
            arguments of the bias: as in `BaseConv`; strides and dilation may both be above 1.
        depth_multiplier: number of output channels for each channel of the input.
        depthwise_initializer, depthwise_regularizer, depthwise_constraint: first values, penalty
            and projection of W.

    Raises:
        ValueError: for sizes below 1, another `padding` or `data_format`, inputs with another
            number of axes, or inputs smaller than the kernel.

    Source: Chollet 2017, "Xception: deep learning with depthwise separable convolutions".
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Named = None,
        use_bias: bool = True,
        depthwise_initializer: Named = "glorot_uniform",
        bias_initializer: Named = "zeros",
        depthwise_regularizer: Named = None,
        bias_regularizer: Named = None,
        activity_regularizer: Named = None,
        depthwise_constraint: Named = None,
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
        self.depth_multiplier = positive_integer(depth_multiplier, "depth_multiplier")
        arguments = depthwise_initializer, depthwise_regularizer, depthwise_constraint
        self.keep_arguments_of("depthwise", *arguments)

    def add_kernels(self, channels):
        """Create W."""
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.add_with_arguments("depthwise", shape, "kernel")

    def convolve(self, x):
        """z, and what its gradients need."""
        windows = self.windows(x)
        return depthwise_conv(x, self.kernel, windows), (x, windows)

    def convolve_backward(self, dz, cache, input_gradient):
        """dx (None where not asked for) and [dW]."""
        x, windows = cache
        dz = with_multiplier(dz, self.kernel)
        grads = [depthwise_conv_kernel_gradient(x, dz, windows)]
        if not input_gradient:
            return None, grads
        return depthwise_conv_input_gradient(dz, self.kernel, windows), grads

    def output_channels(self, channels):
        """`depth_multiplier` for each channel."""
        return None if channels is None else channels * self.depth_multiplier
