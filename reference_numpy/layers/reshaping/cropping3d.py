"""Cropping of volumes."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.base_cropping import BaseCropping


class Cropping3D(BaseCropping):
    """Volumes without their margins; backward puts zeros there.

    Shapes:
        x: (batch, depth, height, width, channels)   y: the same, each spatial size less its margins

    Args:
        cropping: an integer for all margins, or a tuple for (depth, height, width) of
            integers or of pairs (before, after).
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.

    Raises:
        ValueError: for negative margins, or margins that leave nothing of the input.
    """

    def __init__(
        self,
        cropping: int | Sequence[Any] = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(cropping, 3, data_format, **kwargs)
