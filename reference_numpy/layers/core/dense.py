"""The fully connected layer."""

from typing import Any

import numpy as np

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.layers.argument_validation import positive_integer, refuse_quantization
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.low_rank import LowRankAdaptation


class Dense(LowRankAdaptation, Layer):
    """y = f(x W + b): every output sees every input (the textbooks' affine layer).

    Backward, with z = x W + b and dz = dy ⊙ f′(z):

        dx = dz Wᵀ        dW = xᵀ dz        db = Σ dz over all axes but the last

    Shapes:
        x: (batch, …, inputs)   W = `kernel`: (inputs, units)   b = `bias`: (units,)
        y: (batch, …, units)

    Args:
        units: number of outputs, 1 or more.
        activation: f, a name or an activation function; None for the identity.
        use_bias: whether b is added.
        kernel_initializer, bias_initializer: first values of W and b.
        kernel_regularizer, bias_regularizer: penalties on W and b.
        kernel_constraint, bias_constraint: projections of W and b after each step.
        lora_rank: rank of the low-rank adaptation; None for none. See `enable_lora`.
        lora_alpha: numerator of the factor before the adaptation; None for the rank.

    Raises:
        ValueError: for `units` below 1, or an input whose last axis is unknown or differs from
            the one the layer was built for.

    Source: Saito, Deep Learning from Scratch, section 5.6; `keras.layers.Dense`.
    """

    samples_apart = True
    not_in_config = ("autocast", "activity_regularizer", "lora_rank", "lora_alpha")

    def __init__(
        self,
        units: int,
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
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        refuse_quantization(self.name, quantization_config)
        self.keep_low_rank_arguments(lora_rank, lora_alpha)
        self.units = positive_integer(units, "units")
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.keep_arguments_of("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.keep_arguments_of("bias", bias_initializer, bias_regularizer, bias_constraint)
        self.quantization_config = quantization_config
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape):
        """Create W and b for inputs of the last axis' size."""
        inputs = input_shape[-1]
        if inputs is None:
            raise ValueError(
                f"Layer '{self.name}': the last axis of the input shape must be known. "
                f"Received: input_shape={input_shape}"
            )
        self._kernel = self.add_with_arguments("kernel", (inputs, self.units))
        if self.use_bias:
            self.bias = self.add_with_arguments("bias", (self.units,))
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})
        self.adapt_from_the_start()

    @property
    def kernel(self):
        """W; once the layer is adapted, W with its adaptation."""
        return self.adapted

    def forward(self, x, training=False):
        """f(x W + b), and what backward needs."""
        # All axes but the last in one: a single matrix product, whatever the rank of x is.
        rows = self.as_float(x).reshape(-1, x.shape[-1])
        z = rows @ self.kernel
        if self.use_bias:
            z += self.bias
        y, activation_cache = self.activation.forward(z.reshape(*x.shape[:-1], self.units))
        return y, (rows, x.shape, x.dtype.kind == "f", activation_cache)

    def backward(self, dy, cache, input_gradient=True):
        """dx and [dW, db]; no dx for integers."""
        rows, shape, is_float, activation_cache = cache
        dz = self.activation.backward(dy, activation_cache).reshape(-1, self.units)
        grads = [rows.T @ dz]
        if self.use_bias:
            # A product with ones is several times as fast as dz.sum(axis=0).
            grads.append(np.ones(len(dz), dz.dtype) @ dz)
        grads = self.adapted_gradients(grads)
        if not (input_gradient and is_float):
            return None, grads
        return (dz @ self.kernel.T).reshape(shape), grads

    def compute_output_shape(self, input_shape):
        """The last axis becomes `units`."""
        return (*input_shape[:-1], self.units)
