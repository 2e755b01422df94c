"""What the layers of images share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.annotations import fits
from reference_numpy.layers.argument_validation import standardize_data_format
from reference_numpy.layers.layer import Layer


class ImageLayer(Layer):
    """Images (batch, height, width, channels), or a single one without the batch axis.

    Args:
        bounding_box_format: kept for the config; only images are transformed, no boxes.
        data_format: `"channels_last"`, or `"channels_first"` for (batch, channels, height, width).

    Raises:
        ValueError: for inputs of another number of axes.
        NotImplementedError: for a dictionary of images, labels, boxes and masks, which belongs to
            data pipelines.
    """

    not_in_config = (*Layer.not_in_config, "bounding_box_format")

    def __init__(
        self, bounding_box_format: str | None = None, data_format: str | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.bounding_box_format = bounding_box_format
        self.data_format = standardize_data_format(data_format)
        self.axes = (-2, -1) if self.data_format == "channels_first" else (-3, -2)
        self.built = True

    def check_images(self, images):
        """Raise an error unless `images` is an array of images."""
        if isinstance(images, dict):
            raise NotImplementedError(
                f"Layer '{self.name}' takes images alone. Dictionaries of images, labels, bounding "
                "boxes and masks are for data pipelines."
            )
        self.check_shape(np.shape(images))

    def check_shape(self, shape):
        """Raise ValueError unless `shape` is that of one image or of several."""
        if len(shape) not in (3, 4):
            raise ValueError(
                f"Layer '{self.name}' takes one image (3 axes) or a batch of images (4 axes). "
                f"Received: shape={shape}"
            )

    def sizes(self, shape):
        """Height and width in an input's shape."""
        return tuple(shape[axis] for axis in self.axes)

    def with_sizes(self, shape, height, width):
        """An input's shape with another height and width."""
        self.check_shape(shape)
        shape = list(shape)
        shape[self.axes[0]], shape[self.axes[1]] = height, width
        return tuple(shape)

    def in_float(self, images):
        """The images in the compute dtype, integers too."""
        return images.astype(self.compute_dtype, copy=False)

    def get_config(self):
        """Keras's keys; the bounding boxes' format where one is set."""
        config = super().get_config()
        if self.bounding_box_format is not None:
            config["bounding_box_format"] = self.bounding_box_format
        return config


def standardize_factor(factor, bounds=(-1, 1)):
    """`factor` as (lower, upper); a number f stands for (−|f|, |f|), or (0, |f|) where the bounds
    begin at 0.

    Raises:
        ValueError: for a number outside of the bounds, a pair that lies outside of them as a
            whole, or anything else.
    """
    low, high = bounds
    if isinstance(factor, (int, float)) and low <= factor <= high:
        return max(-abs(factor), low), abs(factor)
    if _is_pair(factor) and factor[0] <= high and factor[1] >= low:
        return tuple(sorted(factor))
    raise ValueError(
        f"`factor` should be a number or two numbers in the range [{low}, {high}]. "
        f"Received: factor={factor}"
    )


def _is_pair(value):
    return fits(value, Sequence[float]) and len(value) == 2


def standardize_share(factor, name, above=None):
    """A share of an image's size as (lower, upper), between −1 and 1.

    Raises:
        ValueError: for other numbers, or numbers not above `above`.
    """
    pair = (factor, factor) if isinstance(factor, (int, float)) else factor
    if not _is_pair(pair) or any(
        not -1 <= x <= 1 or (above is not None and x <= above) for x in pair
    ):
        raise ValueError(
            f"`{name}` should be a number or two numbers between -1 and 1. "
            f"Received: {name}={factor}"
        )
    return (-abs(factor), abs(factor)) if pair is not factor else tuple(sorted(pair))
