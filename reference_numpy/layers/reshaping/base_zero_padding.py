"""Padding with zeros along any number of spatial axes."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.margins import Margins, crop, pad


class BaseZeroPadding(Margins):
    """y = x with margins of zeros; backward cuts them off: dx = the inner part of dy.

    Args:
        padding: the margins, as `Margins` takes them.
        rank: number of spatial axes.
        data_format: `"channels_last"` or `"channels_first"`.
    """

    def __init__(
        self, padding: int | Sequence[Any], rank: int, data_format: str | None, **kwargs: Any
    ):
        super().__init__("padding", padding, rank, data_format, **kwargs)

    def forward(self, x, training=False):
        """x between its margins."""
        return pad(x, self.all_margins()), None

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        return crop(dy, self.all_margins()), []

    def compute_output_shape(self, input_shape):
        """Every spatial size and its two margins."""
        return self.resized(input_shape, 1)
