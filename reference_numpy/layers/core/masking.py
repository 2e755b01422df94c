"""Steps of a sequence that later layers are to skip."""

from typing import Any

import numpy as np

from reference_numpy.annotations import ArrayLike
from reference_numpy.layers.layer import Layer


class Masking(Layer):
    """y = x, but 0 at the steps all of whose entries equal `mask_value`; dx = dy, 0 there.

    Those steps are False in the output's mask, and layers that know masks (the recurrent ones,
    attention, the losses) pass over them.

    Shapes:
        x, y: (batch, steps, …, features)   mask: x's shape without the last axis

    Args:
        mask_value: the number, or an array of numbers one a feature, that marks a step.

    Source: `keras.layers.Masking`.
    """

    def __init__(self, mask_value: ArrayLike = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True
        self.built = True

    def compute_mask(self, inputs, previous_mask=None):
        """True where any entry of a step differs from the mask value."""
        return np.any(inputs != self.mask_value, axis=-1)

    def forward(self, x, training=False):
        """x with the masked steps set to 0, and the mask."""
        kept = self.compute_mask(x)[..., None]
        return x * kept, kept

    def backward(self, dy, cache):
        """dy with the masked steps set to 0, and no gradients of weights."""
        return dy * cache, []

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape
