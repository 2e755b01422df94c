"""Images of another size."""

from typing import Any

import numpy as np

from reference_numpy.kernels import resize
from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import ImageLayer
from reference_numpy.layers.reshaping.margins import crop, pad


class Resizing(ImageLayer):
    """Images brought to `height` × `width`: y = H x Wᵀ for each channel (`kernels/resize.py`).

    With `crop_to_aspect_ratio` the largest middle part that has the wanted proportions is cut out
    first; with `pad_to_aspect_ratio` equal margins of `fill_value` are added on the short side
    first. Integer images are rounded and stay integers.

    Backward: dx = Hᵀ dy W, then zeros around the part that was cut out, or the margins cut off.

    Shapes:
        x: (batch, rows, columns, channels)   y: (batch, height, width, channels); with
        `"channels_first"` the channels precede; the batch axis may be missing

    Args:
        height, width: the new size.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"`, `"lanczos5"` or
            `"area"`.
        crop_to_aspect_ratio, pad_to_aspect_ratio: as above; not both.
        fill_mode: `"constant"`.
        fill_value: the margins' value.
        antialias: whether kernels widen where images shrink.
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: at the first call, for a size below 1, an unknown interpolation or fill mode,
            or both options.
    """

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.height, self.width = height, width
        self.interpolation = interpolation
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.antialias = bool(antialias)

    def forward(self, data, training=True):
        """The resized images, and what backward needs: dtype, margins, size before resizing."""
        self.check_images(data)
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio or self.fill_mode != "constant":
            raise ValueError(
                f"Layer '{self.name}': only one of `crop_to_aspect_ratio` and "
                "`pad_to_aspect_ratio` can be True, and `fill_mode` must be 'constant'. "
                f"Received: fill_mode={self.fill_mode!r}"
            )
        if min(self.height, self.width) < 1:
            raise ValueError(
                f"Layer '{self.name}': images are resized to 1 pixel or more. "
                f"Received: height={self.height}, width={self.width}"
            )
        images = data.astype(np.result_type(data.dtype, "float32"), copy=False)
        margins = self._margins(data.shape)
        if self.crop_to_aspect_ratio:
            images = crop(images, margins)
        elif self.pad_to_aspect_ratio:
            images = pad(images, margins, self.fill_value)
        y = resize.resize(images, (self.height, self.width), self.axes, *self._method())
        return cast_saturated(y, data.dtype), (data.dtype, margins, self.sizes(images.shape))

    def backward(self, dy, cache):
        """dx (None for integers), and no gradients of weights."""
        dtype, margins, sizes = cache
        if dtype.kind != "f":
            return None, []
        dy = dy.astype(np.result_type(dy.dtype, "float32"), copy=False)
        dx = resize.resize_backward(dy, sizes, self.axes, *self._method())
        if self.crop_to_aspect_ratio:
            dx = pad(dx, margins)
        elif self.pad_to_aspect_ratio:
            dx = crop(dx, margins)
        return dx.astype(dtype, copy=False), []

    def _method(self):
        return self.interpolation, self.antialias

    def _margins(self, shape):
        """What is cut off, or added, before and after each axis."""
        height, width = self.sizes(shape)
        wanted = aspect_sizes(height, width, self.height, self.width)
        margins = [(0, 0)] * len(shape)
        for axis, size, other in zip(self.axes, (height, width), wanted, strict=True):
            if self.crop_to_aspect_ratio:
                kept = max(min(size, other), 1)
                before = (size - kept) // 2
                margins[axis] = (before, size - kept - before)
            elif self.pad_to_aspect_ratio:
                margins[axis] = ((max(size, other) - size) // 2,) * 2
        return margins

    def compute_output_shape(self, input_shape):
        """The new height and width in the input's shape."""
        return self.with_sizes(input_shape, self.height, self.width)


def aspect_sizes(height, width, target_height, target_width):
    """The height that goes with `width` in the target's proportions, and the width for `height`.

    In float32, as Keras has it: whole quotients stay whole.
    """
    return (
        int(np.float32(width * target_height) / np.float32(target_width)),
        int(np.float32(height * target_width) / np.float32(target_height)),
    )


def cast_saturated(values, dtype):
    """Floating values in `dtype`: integers are rounded and held within its range."""
    if np.dtype(dtype).kind not in "iu":
        return values.astype(dtype, copy=False)
    limits = np.iinfo(dtype)
    return np.clip(np.round(values.astype("float64")), limits.min, limits.max).astype(dtype)
