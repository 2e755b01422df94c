"""Normalization of groups of channels, sample by sample."""

import math
from typing import Any

import numpy as np

from reference_numpy.annotations import Named
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.normalization.affine_normalization import AffineNormalization
from reference_numpy.layers.normalization.moments import (
    channel_sums,
    channels_view,
    statistics_dtype,
)


class GroupNormalization(AffineNormalization):
    """y = γ x̂ + β,  x̂ = (x − μ) / √(σ² + ε), μ and σ² of a sample's group of channels.

    The C channels are cut into `groups` of C / groups neighbours; μ and σ² are taken over all
    entries of a group (all axes but batch). One group of all channels resembles layer
    normalization, with γ and β a channel; groups of one channel are instance normalization.

    Backward, with means over the entries of the group:

        dβ = Σ dy        dγ = Σ dy ⊙ x̂        dx̂ = γ dy
        dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ ⊙ x̂)) / √(σ² + ε)

    Shapes:
        x, y: (batch, …) with C entries along `axis`   γ `gamma`, β `beta`: (C,)

    Args:
        groups: number of groups, a divisor of C; -1 for one channel a group.
        axis: the channels' axis.
        epsilon: ε.
        center, scale: whether β is added, whether γ multiplies.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint,
            gamma_constraint: of β and γ.

    Raises:
        ValueError: for `groups` below 1 other than -1, more groups than channels, channels that
            cannot be shared out evenly, or an `axis` the input lacks or whose size is unknown.

    Source: Wu & He 2018, "Group Normalization".
    """

    samples_apart = True

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Named = "zeros",
        gamma_initializer: Named = "ones",
        beta_regularizer: Named = None,
        gamma_regularizer: Named = None,
        beta_constraint: Named = None,
        gamma_constraint: Named = None,
        **kwargs: Any,
    ):
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ValueError(
                "`groups` must be a positive integer, or -1 for one channel a group. "
                f"Received: groups={groups}"
            )
        super().__init__(
            axis,
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
        self.groups = groups
        self.autocast = False

    def build(self, input_shape):
        """Create γ and β, one entry a channel."""
        channels = self.axis_sizes(input_shape)[0]
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ValueError(
                f"Layer '{self.name}': {channels} channels cannot be shared out evenly among "
                f"groups={self.groups}."
            )
        self.add_gamma_and_beta((channels,), self.scale, self.center)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})

    def sharing_moments(self, input_shape):
        """How many entries a group of a sample has."""
        return math.prod(input_shape[1:]) // self.groups

    def forward(self, x, training=False):
        """y, and what backward needs: x̂ and 1 / √(σ² + ε), one a sample and channel."""
        view = self._view(x.astype(statistics_dtype(x.dtype), copy=False))
        normalized, variance = self._centred(view)
        inverse = self._along(1.0 / np.sqrt(variance + self.epsilon), view)
        normalized *= inverse
        y = self.scale_and_offset(normalized, (-1, *[1] * (view.ndim - 3)))
        cache = x.shape, x.dtype, normalized, inverse
        return y.reshape(x.shape).astype(self.compute_dtype, copy=False), cache

    def backward(self, dy, cache):
        """dx and [dγ, dβ], as far as the layer has them."""
        shape, dtype, normalized, inverse = cache
        dy = self._view(dy.astype(normalized.dtype, copy=False))
        sums, products = _sums(dy), _sums(dy, normalized)
        grads = self.affine_gradients(products.sum(axis=0), sums.sum(axis=0))
        gamma = np.ones(1, dy.dtype)
        if self.gamma is not None:
            gamma = self.gamma.astype(dy.dtype, copy=False)
        dx = dy * gamma.reshape(-1, *[1] * (dy.ndim - 3))
        dx -= self._along(self._group_means(sums * gamma, dy), dy)
        dx -= normalized * self._along(self._group_means(products * gamma, dy), dy)
        dx *= inverse
        return dx.reshape(shape).astype(dtype, copy=False) if dtype.kind == "f" else None, grads

    def _view(self, x):
        """x as (batch, …): every sample as `channels_view` has it."""
        axis = self.axis % x.ndim
        _, *rest = channels_view(x, axis).shape
        return x.reshape(len(x), math.prod(x.shape[1:axis]), *rest)

    def _centred(self, view):
        """x − μ, and σ² repeated for each channel."""
        centred = view - self._along(self._group_means(_sums(view), view), view)
        return centred, self._group_means(_sums(centred, centred), view)

    def _group_means(self, sums, view):
        """Means over the groups, repeated for each channel, from sums a sample and channel."""
        grouped = sums.reshape(len(sums), self.groups, sums.shape[1] // self.groups)
        count = grouped.shape[2] * math.prod(view.shape[1:]) // view.shape[2]
        return np.repeat(grouped.sum(axis=2) / count, grouped.shape[2], axis=1)

    def _along(self, values, view):
        """Values a sample and channel, in the shape that broadcasts against a view."""
        return values.reshape(len(values), 1, values.shape[1], *[1] * (view.ndim - 3))


def _sums(view, factor=None):
    """Σ x, or Σ x ⊙ factor, over each sample and channel of a view: (batch, channels)."""
    sums = np.empty((len(view), view.shape[2]), view.dtype)
    for index, sample in enumerate(view):
        sums[index] = channel_sums(sample, None if factor is None else factor[index])
    return sums
