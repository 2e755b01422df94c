"""Cropping of images."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.base_cropping import BaseCropping


class Cropping2D(BaseCropping):
    """Images without their margins; backward puts zeros there.

    Shapes:
        x: (batch, height, width, channels)   y: the same, each spatial size less its margins

    Args:
        cropping: an integer for all margins, or a tuple for (height, width) of
            integers or of pairs (before, after).
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.

    Raises:
        ValueError: for negative margins, or margins that leave nothing of the input.
    """

    def __init__(
        self,
        cropping: int | Sequence[Any] = ((0, 0), (0, 0)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(cropping, 2, data_format, **kwargs)
