"""What all convolutional layers have in common: bias, activation, data format and windows."""

from collections.abc import Sequence
from typing import Any

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.kernels.bias import add_bias, bias_gradient
from reference_numpy.kernels.rows_first import in_rows_first, lies_rows_first
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


class ConvolutionLayer(Layer):
    """y = f(z + b), where z is linear in x and in the layer's kernels.

    Backward, with dz = dy ⊙ f′(z + b): db = Σ dz over all axes but the channels; the subclass
    carries dz on to its kernels and to x.

    A subclass sets `rank`, the number of spatial axes, and defines `add_kernels(channels)`,
    `convolve(x)` → `(z, cache)`, `convolve_backward(dz, cache, input_gradient)` → `(dx, grads)` and
    `output_channels(channels)`. Arrays come to them with their channels last.

    Args:
        kernel_size, strides, dilation_rate: one integer for all spatial axes, or one each.
        padding: `"valid"`, `"same"`, or `"causal"` where `allows_causal`.
        data_format: `"channels_last"` (the default for None) or `"channels_first"`.
        activation: f, a name or an activation function; None for the identity.
        use_bias: whether b is added.
        bias_initializer, bias_regularizer, bias_constraint: first values, penalty, projection.

    Raises:
        ValueError: for sizes below 1, another `padding` or `data_format`, inputs with another
            number of axes, or inputs smaller than the kernel where nothing is padded.
    """

    samples_apart = True
    rank: int
    allows_causal = False
    not_in_config: tuple[str, ...] = ("autocast",)

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Named = None,
        use_bias: bool = True,
        bias_initializer: Named = "zeros",
        bias_regularizer: Named = None,
        activity_regularizer: Named = None,
        bias_constraint: Named = None,
        **kwargs: Any,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.kernel_size = standardize_tuple(kernel_size, self.rank, "kernel_size")
        self.strides = standardize_tuple(strides, self.rank, "strides")
        self.dilation_rate = standardize_tuple(dilation_rate, self.rank, "dilation_rate")
        self.padding = standardize_padding(padding, self.allows_causal)
        self.data_format = standardize_data_format(data_format)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.keep_arguments_of("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.input_spec = InputSpec(min_ndim=self.rank + 2)

    def check_strides_and_dilation(self):
        """Raise ValueError where both strides and dilation rates are above 1."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"Layer '{self.name}': `strides > 1` is not supported in conjunction with "
                f"`dilation_rate > 1`. Received: strides={self.strides} and "
                f"dilation_rate={self.dilation_rate}"
            )

    def build(self, input_shape):
        """Create the kernels and b for inputs of the channel axis' size."""
        self.compute_output_shape(input_shape)
        channels = split_shape(input_shape, self.data_format)[2]
        if channels is None:
            raise ValueError(
                f"Layer '{self.name}': the channel axis of the input shape must be known. "
                f"Received: input_shape={input_shape}, data_format='{self.data_format}'"
            )
        self.add_kernels(channels)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_with_arguments("bias", (self.output_channels(channels),))
        axis = 1 if self.data_format == "channels_first" else -1
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})

    def windows(self, x):
        """The kernel's places over x, which has its channels last."""
        size = x.shape[1:-1]
        self.output_sizes(x.shape, size)
        return Windows.of(size, self.kernel_size, self.strides, self.padding, self.dilation_rate)

    def lengths(self, sizes):
        """Sizes of the output's spatial axes, None where the input's is."""
        axes = zip(sizes, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        return tuple(output_length(n, k, s, self.padding, d) for n, k, s, d in axes)

    def output_sizes(self, input_shape, sizes):
        """Sizes of the output's spatial axes. Raises ValueError where nothing would be left."""
        found = self.lengths(sizes)
        if any(size is not None and size < 1 for size in found):
            raise ValueError(
                f"Layer '{self.name}': computed output size would be zero or negative. Received: "
                f"inputs shape={input_shape}, kernel_size={self.kernel_size}, "
                f"strides={self.strides}, padding='{self.padding}', "
                f"dilation_rate={self.dilation_rate}"
            )
        return found

    def forward(self, x, training=False):
        """f(z + b), and what backward needs."""
        differentiable = x.dtype.kind == "f"
        x = to_channels_last(x, self.data_format).astype(self.compute_dtype, copy=False)
        z, cache = self.convolve(x)
        if self.use_bias:
            add_bias(z, self.bias)
        in_rows = lies_rows_first(z)
        z = from_channels_last(z, self.data_format)
        y, activation_cache = self.activation.forward(z)
        return y, (cache, activation_cache, in_rows, differentiable)

    def backward(self, dy, cache, input_gradient=True):
        """dx, and the gradients of the kernels and of b."""
        cache, activation_cache, in_rows, differentiable = cache
        if in_rows:  # as z, since operations on two layouts are slow
            dy = in_rows_first(to_channels_last(dy, self.data_format))
            dy = from_channels_last(dy, self.data_format)
        dz = self.activation.backward(dy, activation_cache)
        dz = to_channels_last(dz, self.data_format)
        dx, grads = self.convolve_backward(dz, cache, input_gradient and differentiable)
        if self.use_bias:
            grads.append(bias_gradient(dz))
        grads = self.adapted_gradients(grads)
        return None if dx is None else from_channels_last(dx, self.data_format), grads

    def adapted_gradients(self, grads):
        """The gradients of what is trained; another where a kernel is adapted at low rank."""
        return grads

    def compute_output_shape(self, input_shape):
        """The output's shape. Raises ValueError for another number of axes than `rank` + 2."""
        if len(input_shape) != self.rank + 2:
            raise ValueError(
                f"Layer '{self.name}' expects inputs with {self.rank + 2} axes (batch, {self.rank} "
                f"spatial, channels). Received: input_shape={tuple(input_shape)}"
            )
        batch, sizes, channels = split_shape(input_shape, self.data_format)
        sizes = self.output_sizes(input_shape, sizes)
        return join_shape(batch, sizes, self.output_channels(channels), self.data_format)
