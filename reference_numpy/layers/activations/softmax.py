"""Softmax as a layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import activations
from reference_numpy.layers.layer import Layer


class Softmax(Layer):
    """y_i = e^{x_i} / Σ_j e^{x_j}; dx_i = y_i (dy_i − Σ_j dy_j y_j). The sums run over `axis`.

    Where a mask is False, x is left out of the sum (as −10⁹, or −3·10⁴ in float16, which is what
    counts if a whole row is masked) and y and dx are 0.

    Shapes:
        x, y: any, both the same   mask: broadcastable to x, with no more axes than x

    Args:
        axis: an axis, or a list of axes that are normalised together.

    Raises:
        ValueError: for a mask that does not broadcast to x.

    Source: Saito, Deep Learning from Scratch, section 3.5; `keras.layers.Softmax`.
    """

    def __init__(self, axis: int | Sequence[int] | None = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis
        self.function = activations.Softmax(axis)
        self.supports_masking = True
        self.built = True

    def forward(self, inputs, mask=None, training=False):
        """The probabilities, and (the function's cache, the mask)."""
        x = self.as_float(inputs)
        if mask is not None:
            mask = self.standardize_mask(np.asarray(mask), x.shape)
            x = np.where(mask, x, x.dtype.type(-3e4 if x.dtype == np.float16 else -1e9))
        y, cache = self.function.forward(x)
        if mask is not None:
            y = y * mask
        return y, (cache, mask, inputs.dtype.kind == "f")

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        function_cache, mask, is_float = cache
        if not is_float:
            return None, []
        dx = self.function.backward(dy, function_cache)
        return dx if mask is None else dx * mask, []

    def standardize_mask(self, mask, shape):
        """The mask as booleans (numbers above one half are True), its shape checked."""
        sizes = list(zip(mask.shape[::-1], shape[::-1]))
        if mask.ndim > len(shape) or any(m not in (1, n) for m, n in sizes):
            raise ValueError(
                f"Layer '{self.name}': the `mask` must be broadcastable to `inputs` and must not "
                f"have more dimensions. Received: inputs.shape={shape}, mask.shape={mask.shape}"
            )
        return mask if mask.dtype == bool else mask > 0.5

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape
