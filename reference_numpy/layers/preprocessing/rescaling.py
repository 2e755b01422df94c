"""Multiplication and shift by fixed numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.layer import Layer


class Rescaling(Layer):
    """y = scale · x + offset, in floating point. Backward: dx = scale · dy.

    Shapes:
        x, y: any

    Args:
        scale: a number, or an array that broadcasts against x (one factor a channel).
        offset: likewise.
    """

    samples_apart = True

    def __init__(
        self, scale: float | Sequence[float], offset: float | Sequence[float] = 0.0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True
        self.built = True

    def forward(self, x, training=False):
        """The rescaled numbers, and x's dtype."""
        scale = np.asarray(self.scale, self.compute_dtype)
        offset = np.asarray(self.offset, self.compute_dtype)
        return x.astype(self.compute_dtype, copy=False) * scale + offset, x.dtype

    def backward(self, dy, cache):
        """dx (None for integers), and no gradients of weights."""
        return dy * np.asarray(self.scale, dy.dtype) if cache.kind == "f" else None, []
