"""Operations on images: other sizes, filters and similarity."""

from collections.abc import Sequence

import numpy as np

from reference_numpy.kernels.depthwise_convolution import (
    depthwise_conv,
    depthwise_conv_input_gradient,
    with_multiplier,
)
from reference_numpy.kernels.windows import Windows
from reference_numpy.layers.argument_validation import standardize_data_format, standardize_tuple
from reference_numpy.layers.data_format import from_channels_last, to_channels_last
from reference_numpy.layers.preprocessing import Resizing
from reference_numpy.operations.layer_operation import LayerOperation
from reference_numpy.operations.operation import Operation


class Resize(LayerOperation, keras="ops.image"):
    """What the layer `Resizing` does to images: y = H x Wᵀ for each channel; dx = Hᵀ dy W.

    Args:
        size: (height, width).
        interpolation, antialias, crop_to_aspect_ratio, pad_to_aspect_ratio, fill_mode, fill_value,
            data_format: as the layer takes them.

    Raises:
        ValueError: for another `size`, and at the first call for what the layer refuses.
    """

    by_rank = {3: Resizing, 4: Resizing}

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: str = "bilinear",
        antialias: bool = False,
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.size = standardize_tuple(size, 2, "size")
        self.interpolation, self.antialias = interpolation, antialias
        self.crop_to_aspect_ratio = crop_to_aspect_ratio
        self.pad_to_aspect_ratio = pad_to_aspect_ratio
        self.fill_mode, self.fill_value = fill_mode, fill_value
        self.data_format = data_format

    def arguments(self):
        """The layer's, from the operation's."""
        names = (
            "interpolation",
            "antialias",
            "crop_to_aspect_ratio",
            "pad_to_aspect_ratio",
            "fill_mode",
            "fill_value",
            "data_format",
        )
        height, width = self.size
        return {"height": height, "width": width, **{name: getattr(self, name) for name in names}}


def gaussian(size, sigma):
    """e^(−t² / 2 sigma²) at `size` places t around 0, one apart, divided by its sum."""
    places = np.arange(size) - (size - 1) / 2.0
    weights = np.exp(-0.5 * np.square(places / sigma))
    return weights / weights.sum()


class Filter:
    """The same small kernels over every channel of images, and the transposed map.

    Args:
        kernels: (rows, columns, kernels); each channel gives as many.
        padding: `"valid"` or `"same"`, with zeros.
    """

    def __init__(self, kernels, padding):
        self.kernels, self.padding = kernels, padding

    def _arguments(self, images, shape):
        size, kernels = tuple(shape[1:3]), self.kernels[:, :, None]
        kernels = np.broadcast_to(
            kernels.astype(images.dtype), (*kernels.shape[:2], shape[3], kernels.shape[3])
        )
        return kernels, Windows.of(size, kernels.shape[:2], (1, 1), self.padding)

    def apply(self, images):
        """(batch, height, width, channels) to (batch, …, channels · kernels)."""
        return depthwise_conv(images, *self._arguments(images, images.shape))

    def transposed(self, dy, shape):
        """dx for images of `shape`."""
        kernels, windows = self._arguments(dy, shape)
        return depthwise_conv_input_gradient(with_multiplier(dy, kernels), kernels, windows)


class ImageOperation(Operation):
    """Images (batch, height, width, channels), or one without the batch axis.

    Args:
        data_format: `"channels_last"` (the default for None), or `"channels_first"`, where the
            channels precede height and width.
    """

    def __init__(self, data_format: str | None = None, name: str | None = None):
        super().__init__(name)
        self.data_format = data_format

    def channels_last(self, images):
        """Images with a batch axis and their channels last."""
        images = images.reshape(-1, *images.shape[-3:])
        return to_channels_last(images, standardize_data_format(self.data_format))

    def restored(self, images, shape):
        """Such images in the operation's data format and `shape`."""
        data_format = standardize_data_format(self.data_format)
        return from_channels_last(images, data_format).reshape(shape)

    def check_rank(self, shape, ranks=(3, 4)):
        """Raise ValueError for a shape of another number of axes."""
        if len(shape) not in ranks:
            wanted = " or ".join(map(str, ranks))
            raise ValueError(
                f"Operation '{self.name}' takes images of {wanted} axes. Received: shape={shape}"
            )


class GaussianBlur(ImageOperation, keras="ops.image"):
    """y = the mean of the pixels around each, weighted by a normal distribution; zeros outside.

    dx = the transposed map of dy. (Keras takes the two numbers of `sigma` the wrong way round, and
    mixes up the weights of a kernel that is not square.)

    Args:
        kernel_size: rows and columns.
        sigma: standard deviations along the height and along the width.
        data_format: as in `ImageOperation`.
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int] = (3, 3),
        sigma: Sequence[float] = (1.0, 1.0),
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(data_format, name)
        self.kernel_size, self.sigma = kernel_size, sigma

    def filter(self):
        """The weights."""
        sizes = standardize_tuple(self.kernel_size, 2, "kernel_size")
        rows, columns = map(gaussian, sizes, self.sigma)
        return Filter(np.multiply.outer(rows, columns)[..., None], "same")

    def forward(self, images):
        """The blurred images."""
        x = self.channels_last(images)
        return self.restored(self.filter().apply(x), images.shape), x.shape

    def backward(self, dy, cache):
        """dx."""
        return (self.restored(self.filter().transposed(self.channels_last(dy), cache), dy.shape),)

    def shape(self, images):
        """The images'."""
        self.check_rank(images)
        return images


class SobelEdges(ImageOperation, keras="ops.image"):
    """Two numbers for each pixel: how much brighter it gets downwards and to the right.

        y = x ∗ [[−1 −2 −1] [0 0 0] [1 2 1]] and x ∗ [[−1 0 1] [−2 0 2] [−1 0 1]]

    Outside of the image lie its pixels mirrored at the border's. dx = the transposed map of dy.

    Shapes:
        x: (batch, height, width, channels)   y: (batch, height, width, channels, 2)
    """

    filter = Filter(np.multiply.outer([-1, 0, 1], [1, 2, 1])[..., None], "valid")
    filter.kernels = np.concatenate([filter.kernels, filter.kernels.swapaxes(0, 1)], axis=-1)
    around = ((0, 0), (1, 1), (1, 1), (0, 0))

    def forward(self, images):
        """The edges, and the shapes for backward."""
        x = self.channels_last(images)
        edges = self.filter.apply(np.pad(x, self.around, mode="reflect"))
        y = edges.reshape(*x.shape, 2)
        if standardize_data_format(self.data_format) == "channels_first":
            y = np.moveaxis(y, 3, 1)
        return y, (x.shape, images.shape)

    def backward(self, dy, cache):
        """dx."""
        (batch, height, width, channels), shape = cache
        if standardize_data_format(self.data_format) == "channels_first":
            dy = np.moveaxis(dy, 1, 3)
        padded = batch, height + 2, width + 2, channels
        dx = self.filter.transposed(dy.reshape(batch, height, width, -1), padded)
        for axis in (1, 2):
            dx = np.moveaxis(_mirror_back(np.moveaxis(dx, axis, 0)), 0, axis)
        return (self.restored(dx, shape),)

    def shape(self, images):
        """The images', and 2."""
        self.check_rank(images, (4,))
        return (*images, 2)


def _mirror_back(dx):
    """The gradient of what was padded by one mirrored row on both sides."""
    inner = dx[1:-1].copy()
    inner[1] += dx[0]
    inner[-2] += dx[-1]
    return inner


class SSIM(ImageOperation, keras="ops.image"):
    """The structural similarity of two images, the mean of a map over pixels and channels:

        P Q / R S,  P = 2 μₐ μ_b + c₁,  Q = 2 σ_ab + c₂,  R = μₐ² + μ_b² + c₁,  S = σₐ² + σ_b² + c₂

    with the means, variances and covariance under a window F of normal weights, μₐ = F a and
    σ_ab = F(a b) − μₐ μ_b, and c = (k · max_val)². With the map's gradient d (dy over the number
    of entries) and m = P Q / R S:

        dσ_ab = 2 d P / R S     dσₐ² = dσ_b² = −d m / S
        dμₐ = 2 μ_b (d Q / R S) − 2 μₐ d m / R − 2 μₐ dσₐ² − μ_b dσ_ab
        da = Fᵀ dμₐ + 2 a Fᵀ dσₐ² + b Fᵀ dσ_ab          and likewise b

    Args:
        max_val: the largest value of a pixel.
        filter_size, filter_sigma: of the window.
        k1, k2: of the constants.
        data_format: as in `ImageOperation`.

    Raises:
        ValueError: for images of different shapes, or smaller than the window.

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural
    similarity".
    """

    def __init__(
        self,
        max_val: float = 1.0,
        filter_size: int = 11,
        filter_sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(data_format, name)
        self.max_val, self.filter_size, self.filter_sigma = max_val, filter_size, filter_sigma
        self.k1, self.k2 = k1, k2

    def promote(self, *arguments):
        """The first image's."""
        return super().promote(arguments[0])

    def filter(self):
        """The window."""
        weights = gaussian(self.filter_size, self.filter_sigma)
        return Filter(np.multiply.outer(weights, weights)[..., None], "valid")

    def forward(self, image1, image2):
        """The similarities, and what backward needs."""
        dtype = self.promote(image1) if image1.dtype.kind == "f" else "float32"
        a, b = (self.channels_last(image).astype(dtype, copy=False) for image in (image1, image2))
        parts = self.filter().apply(np.concatenate([a, b, a * a, b * b, a * b], axis=-1))
        mean_a, mean_b, square_a, square_b, product = np.split(parts, 5, axis=-1)
        c1, c2 = (self.k1 * self.max_val) ** 2, (self.k2 * self.max_val) ** 2
        p, q = 2.0 * mean_a * mean_b + c1, 2.0 * (product - mean_a * mean_b) + c2
        squares = mean_a * mean_a + mean_b * mean_b
        r, s = squares + c1, square_a + square_b - squares + c2
        similarity = p * q / (r * s)
        y = similarity.mean(axis=(1, 2, 3)).astype(image1.dtype).reshape(image1.shape[:-3])
        return y, (a, b, mean_a, mean_b, p, q, r, s, similarity, image1.shape)

    def backward(self, dy, cache):
        """Those of both images."""
        a, b, mean_a, mean_b, p, q, r, s, similarity, shape = cache
        d = dy.reshape(-1, 1, 1, 1) * (1.0 / similarity[0].size)
        dproduct, dsquare = 2.0 * d * p / (r * s), -d * similarity / s
        dp, dr = d * q / (r * s), -d * similarity / r
        along, across = 2.0 * (dr - dsquare), 2.0 * dp - dproduct
        parts = [mean_a * along + mean_b * across, mean_b * along + mean_a * across]
        parts = np.concatenate([*parts, dsquare, dproduct], axis=-1)
        back = self.filter().transposed(parts, (*a.shape[:3], 4 * a.shape[3]))
        dmean_a, dmean_b, dsquare, dproduct = np.split(back, 4, axis=-1)
        da = dmean_a + 2.0 * a * dsquare + b * dproduct
        db = dmean_b + 2.0 * b * dsquare + a * dproduct
        return self.restored(da, shape), self.restored(db, shape)

    def shape(self, image1, image2):
        """(batch,), or () for single images."""
        self.check_rank(image1)
        first = 1 if standardize_data_format(self.data_format) == "channels_first" else 0
        sizes = [size for size in image1[-3:][first:][:2] if size is not None]
        if len(image1) != len(image2) or any(
            None not in pair and pair[0] != pair[1] for pair in zip(image1, image2)
        ):
            raise ValueError(
                f"Operation '{self.name}' compares images of one shape, not {image1} and {image2}."
            )
        if min(sizes, default=self.filter_size) < self.filter_size:
            raise ValueError(
                f"Operation '{self.name}': a window of {self.filter_size} pixels does not fit "
                f"into images of the shape {image1}."
            )
        return image1[:-3]
