"""The middle of images."""

from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import ImageLayer
from reference_numpy.layers.preprocessing.image_preprocessing.resizing import Resizing
from reference_numpy.layers.reshaping.margins import crop, pad


class CenterCrop(ImageLayer):
    """The middle `height` × `width` pixels, in floating point; backward puts zeros around dy.

    An image that is smaller along either axis is resized instead: its largest middle part of the
    wanted proportions, bilinearly, as `Resizing` with `crop_to_aspect_ratio`.

    Args:
        height, width: the size of the part.
        data_format: `"channels_last"` or `"channels_first"`.
    """

    def __init__(self, height: int, width: int, data_format: str | None = None, **kwargs: Any):
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = height, width
        self.resizing = Resizing(
            height,
            width,
            crop_to_aspect_ratio=True,
            data_format=data_format,
            dtype=self.dtype_policy,
            name=f"{self.name}_resizing",
        )

    def forward(self, data, training=True):
        """The middle parts, and what backward needs."""
        self.check_images(data)
        images = self.in_float(data)
        margins = [(0, 0)] * images.ndim
        for axis, wanted in zip(self.axes, (self.height, self.width), strict=True):
            extra = images.shape[axis] - wanted
            if extra < 0:
                y, cache = self.resizing.forward(images)
                return y, (data.dtype, None, cache)
            margins[axis] = (extra // 2, extra - extra // 2)
        return crop(images, margins), (data.dtype, margins, None)

    def backward(self, dy, cache):
        """dx (None for integers), and no gradients of weights."""
        dtype, margins, resizing_cache = cache
        if dtype.kind != "f":
            return None, []
        if margins is None:
            return self.resizing.backward(dy, resizing_cache)
        return pad(dy, margins), []

    def compute_output_shape(self, input_shape):
        """The new height and width in the input's shape. Raises ValueError for other ranks."""
        if len(input_shape) not in (3, 4):
            raise ValueError(
                f"Layer '{self.name}' takes images of 3 or 4 axes. "
                f"Received: input_shape={tuple(np.array(input_shape, object))}"
            )
        return self.with_sizes(input_shape, self.height, self.width)
