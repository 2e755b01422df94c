"""Enlargement of images."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.kernels import resize
from reference_numpy.layers.argument_validation import standardize_data_format, standardize_tuple
from reference_numpy.layers.reshaping.base_up_sampling import BaseUpSampling


class UpSampling2D(BaseUpSampling):
    """Images enlarged by whole factors, by repetition or by interpolation.


    Shapes:
        x: (batch, height, width, channels)
        y: (batch, height · size[0], width · size[1], channels)

    Args:
        size: factors for height and width, an integer or two.
        data_format: `"channels_last"`, or `"channels_first"` for channels before the spatial axes.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"lanczos3"` or `"lanczos5"`.

    Raises:
        ValueError: for factors below 1 or another number of them, and, at the first call, for an
            unknown interpolation.
    """

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ):
        self.size = standardize_tuple(size, 2, "size")
        super().__init__(self.size, standardize_data_format(data_format), **kwargs)
        self.interpolation = interpolation.lower()

    def forward(self, x, training=False):
        """The larger images."""
        if self.interpolation == "nearest":
            return super().forward(x)
        shape = self.compute_output_shape(x.shape)
        sizes = [shape[axis] for axis in self.axes]
        # TensorFlow interpolates half precision in float32 too.
        entries = x.astype(np.result_type(x.dtype, "float32"), copy=False)
        y = resize.resize(entries, sizes, self.axes, self.interpolation)
        return y.astype(self.compute_dtype, copy=False), x.dtype

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        if self.interpolation == "nearest":
            return super().backward(dy, cache)
        if cache.kind != "f":
            return None, []
        sizes = [dy.shape[axis] // size for axis, size in zip(self.axes, self.size, strict=True)]
        dy = dy.astype(np.result_type(dy.dtype, "float32"), copy=False)
        dx = resize.resize_backward(dy, sizes, self.axes, self.interpolation)
        return dx.astype(cache, copy=False), []
