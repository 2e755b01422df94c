"""Repetition of the entries of volumes."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.argument_validation import standardize_data_format, standardize_tuple
from reference_numpy.layers.reshaping.base_up_sampling import BaseUpSampling


class UpSampling3D(BaseUpSampling):
    """Every entry of a volume repeated along depth, height and width.

    Backward: dx of an entry is the sum of dy over its copies.

    Shapes:
        x: (batch, depth, height, width, channels)   y: the same, spatial sizes times `size`

    Args:
        size: number of copies along each axis, an integer or three.
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.

    Raises:
        ValueError: for sizes below 1 or another number of them.
    """

    def __init__(
        self, size: int | Sequence[int] = (2, 2, 2), data_format: str | None = None, **kwargs: Any
    ):
        self.size = standardize_tuple(size, 3, "size")
        super().__init__(self.size, standardize_data_format(data_format), **kwargs)
