"""Normalizations whose statistics, scale and offset are computed in the graph."""

import math
from collections.abc import Sequence

import numpy as np

from reference_numpy import config
from reference_numpy.layers.normalization.axes import (
    Rows,
    as_list,
    normalize_rows,
    normalize_rows_backward,
    over_length,
    over_length_backward,
    over_root_mean_square,
    rescale_rows_backward,
)
from reference_numpy.layers.normalization.moments import (
    along_channels,
    channel_sums,
    channels_view,
    statistics_dtype,
)
from reference_numpy.operations.binary import broadcast_shapes, unbroadcast
from reference_numpy.operations.operation import Operation


class Normalization(Operation):
    """What the operations on rows share: all entries along `axis` are normalized together.

    Raises:
        ValueError: for an axis that the input does not have.
    """

    def __init__(
        self, axis: int | Sequence[int] = -1, epsilon: float | None = None, name: str | None = None
    ):
        super().__init__(name)
        self.axis, self.epsilon = axis, epsilon

    @property
    def small(self):
        """ε, `config.epsilon()` where none is given."""
        return config.epsilon() if self.epsilon is None else self.epsilon

    def promote(self, *arguments):
        """x's dtype."""
        return super().promote(arguments[0])

    def check_axes(self, x):
        """Raise ValueError for an axis that a shape does not have."""
        for axis in () if self.axis is None else as_list(self.axis):
            if not -len(x) <= axis < len(x):
                raise ValueError(f"Operation '{self.name}': the shape {x} has no axis {axis}.")

    def rows(self, x):
        """The rows' places, and x as rows in float32 or more."""
        every = range(x.ndim) if self.axis is None else as_list(self.axis)
        rows = Rows(x.shape, every)
        return rows, rows.view(x.astype(statistics_dtype(x.dtype), copy=False))


class Normalize(Normalization, keras="ops.nn"):
    """y = x / max(‖x‖, ε), ‖x‖ = (Σ |x|ᵖ)^(1/p) over `axis`.

    dx = (dy − sign(x) |y|ᵖ⁻¹ Σ dy y) / ‖x‖, and dy / ε where ‖x‖ is below ε.

    Args:
        axis: an axis, several, or None for all.
        order: p, an integer of 1 or more.
        epsilon: ε; None for `config.epsilon()`.

    Raises:
        ValueError: for another order, or one but 2 over several axes, where Keras takes the norm
            of a matrix or none.
    """

    def __init__(self, axis=-1, order=2, epsilon=None, name=None):
        super().__init__(axis, epsilon, name)
        self.order = order

    def forward(self, x):
        """y, and what backward needs."""
        rows, entries = self.rows(x)
        y, length = over_length(entries, self.small, self.order)
        return rows.restore(y).astype(x.dtype, copy=False), (rows, y, length)

    def backward(self, dy, cache):
        """dx."""
        rows, y, length = cache
        dnormalized = rows.view(dy.astype(y.dtype, copy=False))
        dx = over_length_backward(dnormalized, y, length, self.small, self.order)
        return (rows.restore(dx).astype(dy.dtype, copy=False),)

    def shape(self, x):
        """x's."""
        self.check_axes(x)
        several = len(x) if self.axis is None else len(as_list(self.axis))
        if not isinstance(self.order, int) or self.order < 1 or self.order != 2 and several > 1:
            raise ValueError(
                f"Operation '{self.name}': `order` must be an integer of 1 or more, and 2 over "
                f"several axes. Received: order={self.order}, axis={self.axis}"
            )
        return x


class RMSNorm(Normalization, keras="ops.nn"):
    """y = x̂ ⊙ scale, x̂ = x / √(mean(x²) + ε), the mean over `axis`; scale is broadcast.

    dscale = Σ dy ⊙ x̂, dx̂ = dy ⊙ scale, dx = (dx̂ − x̂ mean(dx̂ ⊙ x̂)) / √(mean(x²) + ε)

    Args:
        axis: an axis or several.
        epsilon: ε; None for `config.epsilon()`.
    """

    def forward(self, x, scale=None):
        """y, and what backward needs."""
        rows, entries = self.rows(x)
        normalized, inverse = over_root_mean_square(entries, self.small)
        y = rows.restore(normalized)
        y = y if scale is None else y * scale.astype(y.dtype, copy=False)
        return y.astype(x.dtype, copy=False), (rows, normalized, inverse, scale)

    def backward(self, dy, cache):
        """dx and dscale."""
        rows, normalized, inverse, scale = cache
        dnormalized, dscale = dy.astype(normalized.dtype, copy=False), None
        if scale is not None:
            dscale = unbroadcast(dnormalized * rows.restore(normalized), scale)
            dnormalized = dnormalized * scale.astype(dnormalized.dtype, copy=False)
        dx = rescale_rows_backward(rows.view(dnormalized), normalized, normalized, inverse)
        return rows.restore(dx).astype(dy.dtype, copy=False), dscale

    def shape(self, x, scale=None):
        """x's."""
        self.check_axes(x)
        if scale is not None and len(broadcast_shapes(x, scale)) != len(x):
            raise ValueError(
                f"Operation '{self.name}': a scale of the shape {scale} does not fit inputs of "
                f"the shape {x}."
            )
        return x


class LayerNorm(Normalization, keras="ops.nn"):
    """y = γ x̂ + β, x̂ = (x − μ) / √(σ² + ε), μ and σ² over `axis`.

    γ and β have the sizes along `axis`, or as many axes as x and are broadcast.

        dβ = Σ dy        dγ = Σ dy ⊙ x̂        dx̂ = γ dy
        dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ ⊙ x̂)) / √(σ² + ε)

    `rms_scaling`, deprecated in Keras, leaves the mean in and β out: y = γ x / √(σ² + ε) and
    dx = (dx̂ − x̂ mean(dx̂ ⊙ x / √(σ² + ε))) / √(σ² + ε).

    Args:
        axis: an axis or several.
        epsilon: ε; None for `config.epsilon()`.
        rms_scaling: as above.

    Raises:
        ValueError: for γ or β of another size.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float | None = None,
        rms_scaling: bool = False,
        name: str | None = None,
    ):
        super().__init__(axis, epsilon, name)
        self.rms_scaling = rms_scaling

    def forward(self, x, gamma=None, beta=None):
        """y, and what backward needs."""
        rows, entries = self.rows(x)
        normalized, inverse = normalize_rows(entries, self.small)
        scaled = entries * inverse if self.rms_scaling else normalized
        y = rows.restore(scaled)
        if gamma is not None:
            y = y * self._along_axes(gamma, y)
        if beta is not None and not self.rms_scaling:
            y = y + self._along_axes(beta, y)
        return y.astype(x.dtype, copy=False), (rows, normalized, inverse, scaled, gamma, beta)

    def _along_axes(self, values, y):
        """γ or β in y's dtype and in a shape that broadcasts against y."""
        if values.ndim != y.ndim:
            axes = {axis % y.ndim for axis in as_list(self.axis)}
            values = values.reshape(
                [size if axis in axes else 1 for axis, size in enumerate(y.shape)]
            )
        return values.astype(y.dtype, copy=False)

    def backward(self, dy, cache):
        """dx, dγ and dβ."""
        rows, normalized, inverse, scaled, gamma, beta = cache
        dnormalized, dgamma, dbeta = dy.astype(normalized.dtype, copy=False), None, None
        if beta is not None and not self.rms_scaling:
            dbeta = unbroadcast(dnormalized, self._along_axes(beta, dnormalized)).reshape(
                beta.shape
            )
        if gamma is not None:
            along = self._along_axes(gamma, dnormalized)
            dgamma = unbroadcast(dnormalized * rows.restore(scaled), along).reshape(gamma.shape)
            dnormalized = dnormalized * along
        if self.rms_scaling:
            dx = rescale_rows_backward(rows.view(dnormalized), scaled, normalized, inverse)
        else:
            dx = normalize_rows_backward(rows.view(dnormalized), normalized, inverse)
        return rows.restore(dx).astype(dy.dtype, copy=False), dgamma, dbeta

    def shape(self, x, gamma=None, beta=None):
        """x's."""
        self.check_axes(x)
        sizes = [x[axis] for axis in sorted(axis % len(x) for axis in as_list(self.axis))]
        for values in (gamma, beta):
            if values is None or len(values) == len(x) or None in (*values, *sizes):
                continue
            if math.prod(values) != math.prod(sizes):
                raise ValueError(
                    f"Operation '{self.name}': a scale or offset of the shape {values} does not "
                    f"fit the sizes {tuple(sizes)} along axis {self.axis}."
                )
        return x


class BatchNorm(Normalization, keras="ops.nn"):
    """y = scale (x − mean) / √(variance + ε) + offset, each of the four one number a channel.

    With s = √(variance + ε) and x̂ = (x − mean) / s, sums over all axes but the channels':

        doffset = Σ dy        dscale = Σ dy ⊙ x̂        dx = scale dy / s
        dmean = −scale Σ dy / s        dvariance = −scale Σ dy ⊙ x̂ / 2 s²

    Args:
        axis: the channels' axis.
        epsilon: ε.

    Raises:
        ValueError: for arguments of another shape than (channels,).
    """

    def __init__(self, axis: int, epsilon: float = 1e-3, name: str | None = None):
        super().__init__(axis, epsilon, name)

    def forward(self, x, mean, variance, offset=None, scale=None):
        """y, and what backward needs."""
        view = channels_view(x, self.axis)
        inverse = 1.0 / np.sqrt(variance + self.epsilon)
        normalized = view - along_channels(mean, view)
        normalized *= along_channels(inverse, view)
        y = normalized if scale is None else normalized * along_channels(scale, view)
        y = y if offset is None else y + along_channels(offset, view)
        return y.reshape(x.shape), (normalized, inverse, offset, scale)

    def backward(self, dy, cache):
        """dx, dmean, dvariance, doffset and dscale."""
        normalized, inverse, offset, scale = cache
        view = channels_view(dy, self.axis)
        doffset, dscale = channel_sums(view), channel_sums(view, normalized)
        factor = inverse if scale is None else inverse * scale
        return (
            (view * along_channels(factor, view)).reshape(dy.shape),
            -factor * doffset,
            -0.5 * factor * inverse * dscale,
            None if offset is None else doffset,
            None if scale is None else dscale,
        )

    def shape(self, x, mean, variance, offset=None, scale=None):
        """x's."""
        self.check_axes(x)
        for values in (mean, variance, offset, scale):
            if values is not None and values != (x[self.axis],):
                raise ValueError(
                    f"Operation '{self.name}': mean, variance, offset and scale have the shape "
                    f"{(x[self.axis],)} of the channels. Received: {values}"
                )
        return x


class Moments(Normalization, keras="ops.nn"):
    """μ = mean(x) and σ² = mean((x − μ)²) over `axes`.

    dx = (dμ + 2 (x − μ) dσ²) / N for N entries.

    Args:
        axes: an axis or several.
        keepdims: whether they stay, of size 1.
        synchronized: statistics over all devices; with one machine that is what happens anyway.
    """

    not_in_config = (*Operation.not_in_config, "axis", "epsilon")

    def __init__(
        self,
        axes: int | Sequence[int],
        keepdims: bool = False,
        synchronized: bool = False,
        name: str | None = None,
    ):
        super().__init__(axes, None, name)
        self.axes, self.keepdims, self.synchronized = axes, keepdims, synchronized

    def forward(self, x):
        """μ and σ², and what backward needs."""
        rows, entries = self.rows(x)
        mean = entries.mean(axis=1, keepdims=True)
        centred = entries - mean
        variance = np.square(centred).mean(axis=1)
        shape = self.shape(x.shape)[0]
        y = (mean.reshape(shape).astype(x.dtype), variance.reshape(shape).astype(x.dtype))
        return y, (rows, centred)

    def backward(self, dy, cache):
        """dx."""
        rows, centred = cache
        dmean, dvariance = (part.reshape(-1, 1) for part in dy)
        dx = (dmean + 2.0 * centred * dvariance) * (1.0 / rows.entries)
        return (rows.restore(dx).astype(dy[0].dtype, copy=False),)

    def shape(self, x):
        """x's without the axes, or with 1 for them, twice."""
        self.check_axes(x)
        axes = {axis % len(x) for axis in as_list(self.axis)}
        if self.keepdims:
            found = tuple(1 if axis in axes else size for axis, size in enumerate(x))
        else:
            found = tuple(size for axis, size in enumerate(x) if axis not in axes)
        return found, found
