"""Cropping along any number of spatial axes."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.reshaping.margins import Margins, crop, pad


class BaseCropping(Margins):
    """y = x without its margins; backward puts zeros where they were.

    Args:
        cropping: the margins, as `Margins` takes them.
        rank: number of spatial axes.
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: for margins that leave nothing of the input.
    """

    def __init__(
        self, cropping: int | Sequence[Any], rank: int, data_format: str | None, **kwargs: Any
    ):
        super().__init__("cropping", cropping, rank, data_format, **kwargs)

    def forward(self, x, training=False):
        """The inner part of x."""
        self.compute_output_shape(x.shape)
        return crop(x, self.all_margins()), None

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        return pad(dy, self.all_margins()), []

    def compute_output_shape(self, input_shape):
        """Every spatial size less its two margins."""
        shape = self.resized(input_shape, -1)
        if any(shape[axis] is not None and shape[axis] <= 0 for axis in self.axes):
            raise ValueError(
                f"Layer '{self.name}': `cropping` must be smaller than the input. "
                f"Received: input_shape={tuple(input_shape)}, cropping={self.cropping}"
            )
        return shape
