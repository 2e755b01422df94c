"""Division by the length."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.layer import Layer
from reference_numpy.layers.normalization.axes import (
    Rows,
    as_list,
    check_axes,
    over_length,
    over_length_backward,
)
from reference_numpy.layers.normalization.moments import statistics_dtype

_SHORTEST = 1e-12


class UnitNormalization(Layer):
    """y = x / max(‖x‖, 1e-12): the Euclidean norm over the entries of `axis` becomes 1.

    Backward: dx = (dy − y (y · dy)) / ‖x‖, the part of dy across x. Where ‖x‖ is below 1e-12 the
    divisor is constant and dx = dy / 1e-12.

    Shapes:
        x, y: any

    Args:
        axis: the axis or list of axes over which the norm is taken.

    Raises:
        TypeError: for an `axis` that is no integer nor a list of them.
        ValueError: for an `axis` the input lacks.
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)):
            raise TypeError(
                f"Layer '{self.name}': `axis` must be an integer or a list of integers. "
                f"Received: axis={axis!r}"
            )
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.supports_masking = True
        self.built = True

    def forward(self, x, training=False):
        """y, and what backward needs: the rows, y as rows, and max(‖x‖, 1e-12)."""
        check_axes(self, x.shape)
        rows = Rows(x.shape, as_list(self.axis))
        entries = rows.view(x.astype(statistics_dtype(x.dtype), copy=False))
        y, length = over_length(entries, _SHORTEST)
        return rows.restore(y).astype(self.compute_dtype, copy=False), (rows, x.dtype, y, length)

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        rows, dtype, y, length = cache
        dy = rows.view(dy.astype(y.dtype, copy=False))
        dx = rows.restore(over_length_backward(dy, y, length, _SHORTEST))
        return dx.astype(dtype, copy=False) if dtype.kind == "f" else None, []

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        check_axes(self, input_shape)
        return input_shape
