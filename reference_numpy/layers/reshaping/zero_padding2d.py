"""Padding of images with zeros."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.base_zero_padding import BaseZeroPadding


class ZeroPadding2D(BaseZeroPadding):
    """Images between margins of zeros; backward cuts them off.

    Shapes:
        x: (batch, height, width, channels)   y: the same, each spatial size and its margins

    Args:
        padding: an integer for all margins, or a tuple for (height, width) of
            integers or of pairs (before, after).
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.

    Raises:
        ValueError: for negative margins.
    """

    def __init__(
        self, padding: int | Sequence[Any] = (1, 1), data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(padding, 2, data_format, **kwargs)
