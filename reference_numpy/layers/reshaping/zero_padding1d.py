"""Padding of sequences with zeros."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.base_zero_padding import BaseZeroPadding


class ZeroPadding1D(BaseZeroPadding):
    """Sequences between margins of zeros; backward cuts them off.

    Shapes:
        x: (batch, steps, channels)   y: the same, each spatial size and its margins

    Args:
        padding: an integer for both ends, or (start, end).
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.

    Raises:
        ValueError: for negative margins.
    """

    def __init__(
        self, padding: int | Sequence[int] = 1, data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(padding, 1, data_format, **kwargs)
