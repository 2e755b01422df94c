"""Average pooling over all of one spatial axis."""

from typing import Any

import numpy as np

from reference_numpy.layers.pooling.base_global_pooling import BaseGlobalAveragePooling


class GlobalAveragePooling1D(BaseGlobalAveragePooling):
    """Average pooling over whole sequences; with a mask, over the steps that it keeps.

        y = Σ over t of m[t] x[t] / Σ over t of m[t]        dx[t] = m[t] dy / Σ m

    A sequence of which the mask keeps no step gives 0 / 0 = NaN, as in Keras.

    Shapes (`channels_last`):
        x: (batch, steps, channels)     mask m: (batch, steps), 1 for a step that counts
        y: (batch, channels), with `keepdims` (batch, 1, channels)

    Args and errors: those of `BaseGlobalAveragePooling`.
    """

    rank = 1

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any):
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def forward(self, x, mask=None, training=False):
        """The means, and what backward needs: shape, whether x is floating, and the weights."""
        if mask is None:
            y, (shape, differentiable) = super().forward(x)
            return y, (shape, differentiable, None)
        differentiable = x.dtype.kind == "f"
        x = x.astype(self.compute_dtype, copy=False)
        kept = np.expand_dims(np.asarray(mask, bool), 3 - self.axes[0])
        weights = kept.astype(x.dtype)
        total = np.where(kept, x, 0).sum(axis=self.axes, keepdims=self.keepdims)
        count = weights.sum(axis=self.axes, keepdims=self.keepdims)
        with np.errstate(invalid="ignore"):
            return total / count, (x.shape, differentiable, weights)

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        shape, differentiable, weights = cache
        if weights is None or not differentiable:
            return super().backward(dy, (shape, differentiable))
        count = weights.sum(axis=self.axes, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.along_axes(dy) * weights / count, []

    def compute_mask(self, inputs, previous_mask=None):
        """No mask: the steps are gone."""
