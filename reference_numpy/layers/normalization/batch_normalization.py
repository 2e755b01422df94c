"""Normalization over the batch, channel by channel."""

import math
from typing import Any

import numpy as np

from reference_numpy import config, initializers
from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.normalization import batch_renormalization as renormalization
from reference_numpy.layers.normalization.affine_normalization import AffineNormalization
from reference_numpy.layers.normalization.moments import (
    ChannelsViews,
    along_channels,
    channel_sums,
    follow,
    statistics_dtype,
)


class BatchNormalization(AffineNormalization):
    """y = γ x̂ + β,  x̂ = (x − μ) / √(σ² + ε): every channel with mean 0 and variance 1.

    In training μ and σ² are those of the batch, μ = Σ x / N and σ² = Σ (x − μ)² / N over the N
    entries of a channel, and the moving statistics follow them (momentum m):

        moving_mean ← m moving_mean + (1 − m) μ
        moving_variance ← m moving_variance + (1 − m) σ²

    At inference, and in a layer that is frozen, μ and σ² are the moving statistics.

    Backward, step by step as the textbook has it, with xc = x − μ, s = √(σ² + ε), x̂ = xc / s:

        dβ = Σ dy        dγ = Σ dy ⊙ x̂        dx̂ = γ dy
        ds = −Σ dx̂ ⊙ xc / s²        dσ² = ds / 2s        dxc = dx̂ / s + dσ² · 2 xc / N
        dμ = −Σ dxc        dx = dxc + dμ / N

    which is dx = γ / s · (dy − dβ / N − x̂ dγ / N). At inference dx = γ dy / s.

    With a mask the sums run over the unmasked entries only and N is their number plus Keras's
    small constant, 1e-7; every entry is normalized, masked or not.

    Shapes:
        x, y: any, C entries along `axis`
        weights: γ `gamma`, β `beta`, `moving_mean`, `moving_variance`: (C,)
        mask: the shape of x without its last axis

    Args:
        axis: the channels' axis, which keeps its own statistics.
        momentum: m, the share of the moving statistics that stays at each step.
        epsilon: ε.
        center, scale: whether β is added, whether γ multiplies.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer:
            first values.
        beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint: penalties on β and
            γ, and their projections after each step.
        renorm, renorm_clipping, renorm_momentum: see `BatchRenormalization`'s equations in
            `batch_renormalization.py`.
        synchronized: statistics over all devices; with one machine that is what happens anyway.

    Raises:
        ValueError: for an `axis` the input lacks, a mask with another number of axes than x less
            one, unknown or contradictory keys in `renorm_clipping`.

    Source: Ioffe & Szegedy 2015, "Batch Normalization"; Saito, Deep Learning from Scratch,
    section 6.3.
    """

    samples_apart = "inference"

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Named = "zeros",
        gamma_initializer: Named = "ones",
        moving_mean_initializer: Named = "zeros",
        moving_variance_initializer: Named = "ones",
        beta_regularizer: Named = None,
        gamma_regularizer: Named = None,
        beta_constraint: Named = None,
        gamma_constraint: Named = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            int(axis),
            float(epsilon),
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
        self.momentum = float(momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = renorm
        self.renorm_clipping = (
            renormalization.check_clipping(renorm_clipping or {}) if renorm else renorm_clipping
        )
        self.renorm_momentum = renorm_momentum
        self.synchronized = synchronized

    def build(self, input_shape):
        """Create γ, β and the moving statistics, one entry a channel."""
        shape = self.axis_sizes(input_shape)
        self.add_gamma_and_beta(shape, self.scale, self.center)
        for name in ("moving_mean", "moving_variance"):
            initializer = getattr(self, f"{name}_initializer")
            state = self.add_weight(shape, initializer, name, trainable=False, autocast=False)
            setattr(self, name, state)
        if self.renorm:
            renormalization.add_state(self, shape)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})

    def sharing_moments(self, input_shape):
        """N in training; None where μ and σ² are not the batch's alone."""
        if self.renorm or not self.trainable:
            return None
        return math.prod(input_shape) // input_shape[self.axis]

    def forward(self, x, training=False, mask=None):
        """y, and what backward needs: x, μ, 1/s, the factor of x̂, N and the mask."""
        if mask is not None and np.ndim(mask) != x.ndim - 1:
            raise ValueError(
                f"Layer '{self.name}': the mask must have one axis less than the input. "
                f"Received: mask.shape={np.shape(mask)}, inputs.shape={x.shape}"
            )
        views = ChannelsViews(x, self.axis)
        view = views.of(x.astype(statistics_dtype(x.dtype), copy=False))
        count, kept, correction = None, None, None
        if training and self.trainable:
            kept = None if mask is None else views.of(_spread(mask, x.shape))
            mean, variance, count = _moments(view, kept)
            if self.renorm:
                correction = renormalization.correction(self, mean, variance)
                renormalization.update(self, mean, variance)
            else:
                follow(self.moving_mean, mean, self.momentum)
                follow(self.moving_variance, variance, self.momentum)
        else:
            mean = self.moving_mean.astype(view.dtype)
            variance = self.moving_variance.astype(view.dtype)
        inverse = 1.0 / np.sqrt(variance + self.epsilon)
        factor, offset = self._factor_and_offset(inverse, correction)
        y = view - along_channels(mean, view)
        y *= along_channels(factor, view)
        if offset is not None:
            y += along_channels(offset, view)
        cache = views, x.dtype, view, mean, inverse, factor, correction, count, kept
        return views.back(y).astype(self.compute_dtype, copy=False), cache

    def backward(self, dy, cache):
        """dx and [dγ, dβ], as far as the layer has them."""
        views, dtype, view, mean, inverse, factor, correction, count, kept = cache
        dy = views.of(dy.astype(view.dtype, copy=False))
        centred = view - along_channels(mean, view)
        sum_dy, sum_dy_centred = channel_sums(dy), channel_sums(dy, centred)
        r, d = correction or (1.0, 0.0)
        grads = self.affine_gradients(r * inverse * sum_dy_centred + d * sum_dy, sum_dy)
        dx = dy * along_channels(factor, view)
        if count is not None:
            # dσ² · 2 / N, then dμ / N; Σ xc is 0 but for the small constant in the masked N.
            slope = -(inverse**2) * factor * sum_dy_centred / count
            sum_centred = 0.0 if kept is None else config.epsilon() * mean
            level = -(factor * sum_dy + slope * sum_centred) / count
            centred *= along_channels(slope, view)
            centred += along_channels(level, view)
            dx += centred if kept is None else np.where(kept, centred, 0)
        dx = views.back(dx).astype(dtype, copy=False) if dtype.kind == "f" else None
        return dx, grads

    def _factor_and_offset(self, inverse, correction):
        """The factor of x − μ and what is then added (or None), both one a channel."""
        gamma = self.gamma.astype(inverse.dtype) if self.scale else None
        beta = self.beta.astype(inverse.dtype) if self.center else None
        factor = inverse if gamma is None else inverse * gamma
        if correction is None:
            return factor, beta
        r, d = correction
        offset = d if gamma is None else d * gamma
        return factor * r, offset if beta is None else offset + beta


def _spread(mask, shape):
    """Where entries count for the statistics: the mask, repeated for every channel."""
    return np.broadcast_to(np.asarray(mask, bool)[..., None], shape)


def _moments(view, kept):
    """μ, σ² and N of every channel, over the entries that `kept` marks (None: all)."""
    if kept is None:
        count = view.size // view.shape[1]
        mean = channel_sums(view) / count
        centred = view - along_channels(mean, view)
        return mean, channel_sums(centred, centred) / count, count
    count = channel_sums(kept.astype(view.dtype)) + config.epsilon()
    mean = channel_sums(np.where(kept, view, 0)) / count
    centred = np.where(kept, view - along_channels(mean, view), 0)
    return mean, channel_sums(centred, centred) / count, count
