"""Cropping of sequences."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.base_cropping import BaseCropping


class Cropping1D(BaseCropping):
    """Sequences without their margins; backward puts zeros there.

    Shapes:
        x: (batch, steps, channels)   y: the same, each spatial size less its margins

    Args:
        cropping: an integer for both ends, or (start, end).

    Raises:
        ValueError: for negative margins, or margins that leave nothing of the input.
    """

    not_in_config = (*BaseCropping.not_in_config, "data_format")

    def __init__(self, cropping: int | Sequence[Any] = (1, 1), **kwargs: Any):
        super().__init__(cropping, 1, "channels_last", **kwargs)
