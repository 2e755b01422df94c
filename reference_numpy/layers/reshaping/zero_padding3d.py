"""Padding of volumes with zeros."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.base_zero_padding import BaseZeroPadding


class ZeroPadding3D(BaseZeroPadding):
    """Volumes between margins of zeros; backward cuts them off.

    Shapes:
        x: (batch, depth, height, width, channels)   y: the same, each spatial size and its margins

    Args:
        padding: an integer for all margins, or a tuple for (depth, height, width) of
            integers or of pairs (before, after).
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.

    Raises:
        ValueError: for negative margins.
    """

    def __init__(
        self,
        padding: int | Sequence[Any] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(padding, 3, data_format, **kwargs)
