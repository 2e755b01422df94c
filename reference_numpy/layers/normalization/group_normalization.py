"""Normalization of groups of channels, sample by sample."""

from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.normalization.affine_normalization import AffineNormalization
from reference_numpy.layers.normalization.axes import Rows, normalize_rows, normalize_rows_backward
from reference_numpy.layers.normalization.moments import (
    along_channels,
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

    def __init__(
        self,
        groups=32,
        axis=-1,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
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

    def forward(self, x, training=False):
        """y, and what backward needs: the rows, x̂ as rows and in x's shape, 1 / √(σ² + ε)."""
        axis = self.axis % x.ndim
        grouped = [*x.shape[:axis], self.groups, -1, *x.shape[axis + 1 :]]
        entries = x.astype(statistics_dtype(x.dtype), copy=False).reshape(grouped)
        rows = Rows(entries.shape, [i for i in range(1, entries.ndim) if i != axis])
        normalized, inverse = normalize_rows(rows.view(entries), self.epsilon)
        view = channels_view(rows.restore(normalized).reshape(x.shape), axis)
        y = self.scale_and_offset(view, (-1, 1) if view.ndim == 3 else (-1,))
        cache = entries.shape, x.dtype, rows, normalized, inverse, view
        return y.reshape(x.shape).astype(self.compute_dtype, copy=False), cache

    def backward(self, dy, cache):
        """dx and [dγ, dβ], as far as the layer has them."""
        grouped, dtype, rows, normalized, inverse, view = cache
        shape = dy.shape
        dy = channels_view(dy.astype(normalized.dtype, copy=False), self.axis)
        grads = self.gamma_and_beta_gradients(dy, view)
        if self.gamma is not None:
            dy = dy * along_channels(self.gamma.astype(dy.dtype, copy=False), dy)
        dx = normalize_rows_backward(rows.view(dy.reshape(grouped)), normalized, inverse)
        dx = rows.restore(dx).reshape(shape)
        return dx.astype(dtype, copy=False) if dtype.kind == "f" else None, grads
