"""The fully connected layer over any axes, written as an einsum equation."""

import copy
from collections.abc import Sequence
from typing import Any

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.kernels.broadcasting import sum_to_shape
from reference_numpy.layers.argument_validation import refuse_quantization
from reference_numpy.layers.core.einsum_equation import analyze_equation
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.low_rank import LowRankAdaptation


class EinsumDense(LowRankAdaptation, Layer):
    """y = f(einsum(equation, x, W) + b): sums over the letters that the output does not have.

    Backward, with z = einsum("X,K->Z", x, W) + b and dz = dy ⊙ f′(z):

        dx = einsum("Z,K->X", dz, W)    dW = einsum("X,Z->K", x, dz)
        db = dz summed over the axes along which b is the same

    Shapes:
        x, W = `kernel`, y: as the equation says; b = `bias`: the axes of y from the first of
        `bias_axes` on, of size 1 where they are not among them

    Args:
        equation: `"ab,bc->ac"`, `"...ab,bc->...ac"` or `"ab...,bc->ac..."` with any letters.
        output_shape: sizes of y without the batch axis and without those that `...` stands for;
            None where a size follows from x.
        activation: f, a name or an activation function; None for the identity.
        bias_axes: letters of the output axes that b has, `"c"`; None for no bias.
        kernel_initializer, bias_initializer: first values of W and b.
        kernel_regularizer, bias_regularizer: penalties on W and b.
        kernel_constraint, bias_constraint: projections of W and b after each step.
        lora_rank: rank of the low-rank adaptation; None for none. See `enable_lora`.
        lora_alpha: numerator of the factor before the adaptation; None for the rank.

    Raises:
        ValueError: for an equation of another form, or sizes that contradict one another.

    Source: `keras.layers.EinsumDense`.
    """

    not_in_config = (
        "autocast",
        "output_shape",
        "lora_rank",
        "lora_alpha",
        "gptq_unpacked_column_size",
    )

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Named = None,
        bias_axes: str | None = None,
        kernel_initializer: Named = "glorot_uniform",
        bias_initializer: Named = "zeros",
        kernel_regularizer: Named = None,
        bias_regularizer: Named = None,
        kernel_constraint: Named = None,
        bias_constraint: Named = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        refuse_quantization(self.name, quantization_config)
        self.keep_low_rank_arguments(lora_rank, lora_alpha)
        self.equation = equation
        sizes = [output_shape] if isinstance(output_shape, int) else output_shape
        self.partial_output_shape = tuple(sizes)
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.keep_arguments_of("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.keep_arguments_of("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.quantization_config = quantization_config
        self.bias = None

    def analyze(self, input_shape):
        """The equation with all sizes for inputs of `input_shape`."""
        return analyze_equation(
            self.equation, self.bias_axes, tuple(input_shape), self.partial_output_shape
        )

    def build(self, input_shape):
        """Create W and b in the shapes that the equation gives them."""
        equation = self.analyze(input_shape)
        initializer = self.kernel_initializer
        if getattr(initializer, "input_axes", ()) is None or (
            getattr(initializer, "output_axes", ()) is None
        ):
            initializer = copy.copy(initializer)
            initializer.input_axes = equation.kernel_input_axes
            initializer.output_axes = equation.kernel_output_axes
        first, others = equation.x[0], equation.kernel + (self.bias_axes or "")
        self.samples_apart = first == equation.y[0] and first not in others
        shape = equation.kernel_shape
        self._kernel = self.add_with_arguments("kernel", shape, initializer=initializer)
        if equation.bias_shape is not None:
            self.bias = self.add_with_arguments("bias", equation.bias_shape)
        self.input_spec = InputSpec(ndim=len(input_shape))
        self.adapt_from_the_start()

    @property
    def kernel(self):
        """W; once the layer is adapted, W with its adaptation."""
        return self.adapted

    def forward(self, x, training=False):
        """f(einsum(x, W) + b), and what backward needs."""
        equation = self.analyze(x.shape)
        floats = self.as_float(x)
        z = equation.product(floats, self.kernel)
        if self.bias is not None:
            z += self.bias
        y, activation_cache = self.activation.forward(z)
        return y, (floats, x.dtype.kind == "f", equation, activation_cache)

    def backward(self, dy, cache, input_gradient=True):
        """dx and [dW, db]; no dx for integers."""
        x, is_float, equation, activation_cache = cache
        dz = self.activation.backward(dy, activation_cache)
        grads = [equation.kernel_gradient(x, dz)]
        if self.bias is not None:
            grads.append(sum_to_shape(dz, self.bias.shape))
        grads = self.adapted_gradients(grads)
        if not (input_gradient and is_float):
            return None, grads
        return equation.input_gradient(dz, self.kernel, x.shape), grads

    def compute_output_shape(self, input_shape):
        """The sizes of the equation's output."""
        return self.analyze(input_shape).output_shape

    def get_config(self):
        """The arguments; the output shape as a tuple."""
        return {**super().get_config(), "output_shape": self.partial_output_shape}
