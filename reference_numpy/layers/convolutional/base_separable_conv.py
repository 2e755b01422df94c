"""Depthwise convolution, then a mixing of channels: the base of SeparableConv1D and 2D."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.kernels.separable_convolution import separable_conv, separable_conv_backward
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer


class BaseSeparableConv(ConvolutionLayer):
    """y = f(u V + b), u the depthwise convolution of x with W: space first, then channels.

    Two small kernels in the place of one large: with p over the positions of W and V a matrix,

        u[o, c · depth_multiplier + m] = Σ over p of x[o · strides + p · dilation_rate − before, c]
                                                     · W[p, c, m]

    Backward, with dz = dy ⊙ f′(u V + b):

        dV = Σ over the windows o of u[o]ᵀ dz[o]      du = dz Vᵀ      db = Σ dz
        dW[p, c, m] = Σ over o of x[o · strides + p · dilation_rate − before, c] · du[o, c, m]
        dx[i, c] = Σ of du[o, c, m] · W[p, c, m] over m and all o, p whose place is i

    Shapes (`channels_last`), C = channels · depth_multiplier:
        x: (batch, *sizes, channels)    W = `depthwise_kernel`: (*kernel_size, channels,
        depth_multiplier)    V = `pointwise_kernel`: (1, …, 1, C, filters)    b = `bias`: (filters,)
        y: (batch, *output sizes, filters)

    Args:
        filters: number of output channels.
        kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias and the
            arguments of the bias: as in `BaseConv`; strides and dilation may both be above 1.
        depth_multiplier: number of channels of u for each channel of the input.
        depthwise_initializer, depthwise_regularizer, depthwise_constraint: of W.
        pointwise_initializer, pointwise_regularizer, pointwise_constraint: of V.

    Raises:
        ValueError: for sizes below 1, another `padding` or `data_format`, inputs with another
            number of axes, or inputs smaller than the kernel.

    Source: Chollet 2017, "Xception: deep learning with depthwise separable convolutions".
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        depth_multiplier: int = 1,
        activation: Named = None,
        use_bias: bool = True,
        depthwise_initializer: Named = "glorot_uniform",
        pointwise_initializer: Named = "glorot_uniform",
        bias_initializer: Named = "zeros",
        depthwise_regularizer: Named = None,
        pointwise_regularizer: Named = None,
        bias_regularizer: Named = None,
        activity_regularizer: Named = None,
        depthwise_constraint: Named = None,
        pointwise_constraint: Named = None,
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
        self.depth_multiplier = positive_integer(depth_multiplier, "depth_multiplier")
        arguments = depthwise_initializer, depthwise_regularizer, depthwise_constraint
        self.keep_arguments_of("depthwise", *arguments)
        arguments = pointwise_initializer, pointwise_regularizer, pointwise_constraint
        self.keep_arguments_of("pointwise", *arguments)

    def add_kernels(self, channels):
        """Create W and V."""
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.depthwise_kernel = self.add_with_arguments("depthwise", shape, "depthwise_kernel")
        shape = (*(1,) * self.rank, channels * self.depth_multiplier, self.filters)
        self.pointwise_kernel = self.add_with_arguments("pointwise", shape, "pointwise_kernel")

    def convolve(self, x):
        """u V, and what its gradients need."""
        return separable_conv(x, self.depthwise_kernel, self.pointwise_kernel, self.windows(x))

    def convolve_backward(self, dz, cache, input_gradient):
        """dx (None where not asked for) and [dW, dV]."""
        kernels = self.depthwise_kernel, self.pointwise_kernel
        dx, *grads = separable_conv_backward(dz, cache, *kernels, input_gradient)
        return dx, grads

    def output_channels(self, channels):
        """The number of filters."""
        return self.filters
