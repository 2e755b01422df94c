"""Convolution over any number of spatial axes: the base of Conv1D, Conv2D and Conv3D."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.kernels.convolution import conv, conv_input_gradient, conv_kernel_gradient
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.convolutional.convolution_layer import ConvolutionLayer
from reference_numpy.layers.low_rank import LowRankAdaptation


class BaseConv(LowRankAdaptation, ConvolutionLayer):
    """y = f(x ∗ W + b): the same weights for every window of the input.

    For every window o, p running over the kernel's positions (Keras's convolution is the
    cross-correlation of mathematics, the kernel is not mirrored):

        z[o] = Σ over p of x[o · strides + p · dilation_rate − before] W[p]

    With dz = dy ⊙ f′(z + b), and i running over the entries of the input:

        dW[p] = Σ over o of x[o · strides + p · dilation_rate − before]ᵀ dz[o]
        dx[i] = Σ of dz[o] W[p]ᵀ over all o, p with o · strides + p · dilation_rate − before = i
        db = Σ dz over all axes but the channels

    Shapes (`channels_last`):
        x: (batch, *sizes, inputs)      W = `kernel`: (*kernel_size, inputs / groups, filters)
        b = `bias`: (filters,)          y: (batch, *output sizes, filters)

    Output size along an axis, with e = (kernel_size − 1) · dilation_rate + 1: ⌊(size − e) /
    strides⌋ + 1 for `"valid"`, ⌈size / strides⌉ for `"same"` and `"causal"`. `"same"` pads with
    zeros half before and half after (the odd one after), `"causal"` e − 1 before, so that an
    output depends on no later input.

    Args:
        filters: number of output channels, a multiple of `groups`.
        kernel_size, strides, dilation_rate: one integer, or one for each spatial axis; strides and
            dilation rates may not both be above 1.
        padding: `"valid"` or `"same"`; for one spatial axis also `"causal"`.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.
        groups: number of parts of the channels that are convolved each by itself.
        activation: f, a name or an activation function; None for the identity.
        use_bias: whether b is added.
        kernel_initializer, bias_initializer: first values of W and b.
        kernel_regularizer, bias_regularizer: penalties on W and b.
        kernel_constraint, bias_constraint: projections of W and b after each step.
        lora_rank: rank of the low-rank adaptation; None for none. See `enable_lora`.
        lora_alpha: numerator of the factor before the adaptation; None for the rank.

    Raises:
        ValueError: for sizes below 1, channels that `groups` does not divide, strides together
            with dilation, another `padding` or `data_format`, inputs with another number of axes,
            or inputs smaller than the kernel.

    Source: Saito, Deep Learning from Scratch, chapter 7; Dumoulin & Visin 2016, "A guide to
    convolution arithmetic for deep learning".
    """

    not_in_config = ("autocast", "lora_rank", "lora_alpha")

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        groups: int = 1,
        activation: Named = None,
        use_bias: bool = True,
        kernel_initializer: Named = "glorot_uniform",
        bias_initializer: Named = "zeros",
        kernel_regularizer: Named = None,
        bias_regularizer: Named = None,
        activity_regularizer: Named = None,
        kernel_constraint: Named = None,
        bias_constraint: Named = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
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
        self.groups = positive_integer(groups, "groups")
        self.check_strides_and_dilation()
        if filters % groups:
            raise ValueError(
                f"Layer '{self.name}': the number of filters must be evenly divisible by the "
                f"number of groups. Received: groups={groups}, filters={filters}."
            )
        self.keep_low_rank_arguments(lora_rank, lora_alpha)
        arguments = kernel_initializer, kernel_regularizer, kernel_constraint
        self.keep_arguments_of("kernel", *arguments)

    def add_kernels(self, channels):
        """Create W."""
        if channels % self.groups:
            raise ValueError(
                f"Layer '{self.name}': the number of input channels must be evenly divisible by "
                f"the number of groups. Received: groups={self.groups}, but the input has "
                f"{channels} channels."
            )
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self._kernel = self.add_with_arguments("kernel", shape)

    def build(self, input_shape):
        """Create W and b, and adapt W if `lora_rank` says so."""
        super().build(input_shape)
        self.adapt_from_the_start()

    @property
    def kernel(self):
        """W; once the layer is adapted, W with its adaptation."""
        return self.adapted

    def convolve(self, x):
        """z, and what its gradients need."""
        windows = self.windows(x)
        return conv(x, self.kernel, windows), (x, windows)

    def convolve_backward(self, dz, cache, input_gradient):
        """dx (None where not asked for) and [dW]."""
        x, windows = cache
        grads = [conv_kernel_gradient(x, dz, windows, self.groups)]
        if not input_gradient:
            return None, grads
        return conv_input_gradient(dz, self.kernel, windows, self.groups), grads

    def output_channels(self, channels):
        """The number of filters."""
        return self.filters
