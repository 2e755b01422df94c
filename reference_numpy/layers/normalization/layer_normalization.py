"""Normalization of each sample by itself."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import Named
from reference_numpy.layers.normalization.affine_normalization import AffineNormalization
from reference_numpy.layers.normalization.axes import (
    Rows,
    normalize_rows,
    normalize_rows_backward,
    rescale_rows_backward,
)
from reference_numpy.layers.normalization.moments import channel_sums, statistics_dtype


class LayerNormalization(AffineNormalization):
    """y = γ x̂ + β,  x̂ = (x − μ) / √(σ² + ε), μ and σ² over the entries of `axis`.

    Every sample (more exactly: every place on the other axes) is normalized by its own mean and
    variance, in training as at inference.

    Backward, with N entries along `axis` and means over them:

        dβ = Σ dy        dγ = Σ dy ⊙ x̂        dx̂ = γ dy
        dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ ⊙ x̂)) / √(σ² + ε)

    Keras's deprecated `rms_scaling` leaves the mean in: y = γ x / √(σ² + ε), no β, and

        dx = (dx̂ − x̂c mean(dx̂ ⊙ x / √(σ² + ε))) / √(σ² + ε),    x̂c = (x − μ) / √(σ² + ε)

    Shapes:
        x, y: any   γ `gamma`, β `beta`: the sizes along `axis`

    Args:
        axis: the axis, or a list of axes, over which μ and σ² are taken and that γ and β follow.
        epsilon: ε.
        center, scale: whether β is added, whether γ multiplies.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint,
            gamma_constraint: of β and γ.
        rms_scaling: deprecated in Keras, since it divides by the standard deviation and not by
            the root mean square; `RMSNormalization` does that.

    Raises:
        TypeError: for an `axis` that is no integer nor a list of them.
        ValueError: for an axis the input lacks, or one whose size is unknown.

    Source: Ba, Kiros & Hinton 2016, "Layer Normalization".
    """

    samples_apart = True

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Named = "zeros",
        gamma_initializer: Named = "ones",
        beta_regularizer: Named = None,
        gamma_regularizer: Named = None,
        beta_constraint: Named = None,
        gamma_constraint: Named = None,
        *,
        rms_scaling: bool = False,
        **kwargs: Any,
    ):
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(
                f"`axis` must be an integer or a list of integers. Received: axis={axis!r}"
            )
        if rms_scaling:
            warnings.warn(
                "`rms_scaling=True` is deprecated: it divides by the standard deviation, not by "
                "the root mean square. Use `RMSNormalization` instead.",
                stacklevel=2,
            )
        super().__init__(
            axis if isinstance(axis, int) else list(axis),
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        self.rms_scaling = rms_scaling
        self.autocast = False

    def build(self, input_shape):
        """Create γ and β, of the sizes along `axis`."""
        self.axis = [self.axis] if isinstance(self.axis, int) else sorted(self.axis)
        self.add_gamma_and_beta(
            self.axis_sizes(input_shape),
            scale=self.scale or self.rms_scaling,
            center=self.center and not self.rms_scaling,
        )

    def sharing_moments(self, input_shape):
        """How many entries lie along `axis`; None with `rms_scaling`, which keeps the mean."""
        return None if self.rms_scaling else math.prod(input_shape[axis] for axis in self.axis)

    def forward(self, x, training=False):
        """y, and what backward needs: the rows, x̂, 1 / √(σ² + ε) and what γ multiplied."""
        rows = Rows(x.shape, self.axis)
        entries = rows.view(x.astype(statistics_dtype(x.dtype), copy=False))
        normalized, inverse = normalize_rows(entries, self.epsilon)
        scaled = entries * inverse if self.rms_scaling else normalized
        y = rows.restore(self.scale_and_offset(scaled))
        return y.astype(self.compute_dtype, copy=False), (
            rows,
            x.dtype,
            normalized,
            inverse,
            scaled,
        )

    def backward(self, dy, cache):
        """dx and [dγ, dβ], as far as the layer has them."""
        rows, dtype, normalized, inverse, scaled = cache
        dy = rows.view(dy.astype(normalized.dtype, copy=False))
        grads = self.affine_gradients(channel_sums(dy, scaled), channel_sums(dy))
        dnormalized = dy
        if self.gamma is not None:
            dnormalized = dy * self.gamma.reshape(-1).astype(dy.dtype, copy=False)
        if self.rms_scaling:
            dx = rescale_rows_backward(dnormalized, scaled, normalized, inverse)
        else:
            dx = normalize_rows_backward(dnormalized, normalized, inverse)
        return rows.restore(dx).astype(dtype, copy=False) if dtype.kind == "f" else None, grads
