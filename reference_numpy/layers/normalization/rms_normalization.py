"""Division by the root mean square."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.normalization.axes import (
    Rows,
    as_list,
    check_axes,
    over_root_mean_square,
    rescale_rows_backward,
)
from reference_numpy.layers.normalization.moments import channel_sums, statistics_dtype


class RMSNormalization(Layer):
    """y = γ x̂,  x̂ = x / √(mean(x²) + ε), the mean over the entries of `axis`.

    Layer normalization without the mean: only the length of each vector is set to 1 (times √N).

    Backward, with means over the N entries along `axis`:

        dγ = Σ dy ⊙ x̂        dx̂ = γ dy        dx = (dx̂ − x̂ mean(dx̂ ⊙ x̂)) / √(mean(x²) + ε)

    Shapes:
        x, y: any   γ `scale`: the sizes along `axis`

    Args:
        axis: the axis, or a list of axes, that γ follows. γ is applied along these axes; Keras
            itself applies it along the last ones, whatever `axis` says.
        epsilon: ε.

    Raises:
        ValueError: for an `axis` the input lacks.

    Source: Zhang & Sennrich 2019, "Root Mean Square Layer Normalization".
    """

    samples_apart = True

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-6, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = epsilon

    def build(self, input_shape):
        """Create γ, of the sizes along `axis`."""
        check_axes(self, input_shape)
        self.axis = sorted(as_list(self.axis))
        sizes = tuple(input_shape[axis] for axis in self.axis)
        self.scale = self.add_weight(sizes, "ones", "scale")

    def forward(self, x, training=False):
        """y, and what backward needs: the rows, x̂, and 1 / √(mean(x²) + ε)."""
        rows = Rows(x.shape, self.axis)
        entries = rows.view(x.astype(statistics_dtype(x.dtype), copy=False))
        normalized, inverse = over_root_mean_square(entries, self.epsilon)
        y = normalized * self.scale.reshape(-1).astype(entries.dtype, copy=False)
        return rows.restore(y).astype(self.compute_dtype, copy=False), (
            rows,
            x.dtype,
            normalized,
            inverse,
        )

    def backward(self, dy, cache):
        """dx and [dγ]."""
        rows, dtype, normalized, inverse = cache
        dy = rows.view(dy.astype(normalized.dtype, copy=False))
        dgamma = channel_sums(dy, normalized).reshape(self.scale.shape)
        dnormalized = dy * self.scale.reshape(-1).astype(dy.dtype, copy=False)
        dx = rows.restore(rescale_rows_backward(dnormalized, normalized, normalized, inverse))
        dx = dx.astype(dtype, copy=False) if dtype.kind == "f" else None
        return dx, [dgamma.astype(self.variable_dtype, copy=False)]

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        check_axes(self, input_shape)
        return input_shape
