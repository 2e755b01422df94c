"""Rotation, translation and zoom of images: what the random ones share."""

from typing import Any

from reference_numpy.layers.preprocessing.image_preprocessing.affine_sampling import (
    FILL_MODES,
    INTERPOLATIONS,
    AffineSampling,
)
from reference_numpy.layers.preprocessing.image_preprocessing.random_image_layer import (
    RandomImageLayer,
)


class AffineLayer(RandomImageLayer):
    """y at (row r, column c) = x at (b₀ c + b₁ r + b₂, a₀ c + a₁ r + a₂), an affine map an image.

    `AffineSampling` says what x is between its pixels and outside of them. y is linear in x, and
    backward is the transposed map: every pixel of dy is shared out to the pixels of x that it was
    made of. (TensorFlow instead samples dy by the inverted map, which is that only for shifts by
    whole pixels.)

    A subclass defines `draw_maps(count, height, width)`: (count, 6), (a₀, a₁, a₂, b₀, b₁, b₂).

    Args:
        fill_mode: what lies outside of an image: `"reflect"`, `"wrap"`, `"constant"` or
            `"nearest"`.
        interpolation: `"bilinear"` or `"nearest"`.
        fill_value: the value outside, for `"constant"`.
        seed, data_format: as `RandomImageLayer` takes them.

    Raises:
        NotImplementedError: for another fill mode or interpolation, as in Keras.
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        if fill_mode not in FILL_MODES or interpolation not in INTERPOLATIONS:
            raise NotImplementedError(
                f"Layer '{self.name}': `fill_mode` must be one of {', '.join(FILL_MODES)}, and "
                f"`interpolation` one of {', '.join(INTERPOLATIONS)}. Received: "
                f"fill_mode={fill_mode!r}, interpolation={interpolation!r}"
            )
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def augment(self, images):
        """The transformed images, and how they were sampled."""
        height, width = self.sizes(images.shape)
        maps = self.draw_maps(len(images), height, width)
        sampling = AffineSampling(maps, height, width, self.fill_mode, self.interpolation)
        return self._last(sampling.sample(self._last(images), self.fill_value), back=True), sampling

    def augment_backward(self, dy, cache):
        """dx."""
        return self._last(cache.sample_backward(self._last(dy)), back=True)

    def _last(self, images, back=False):
        """Images with their channels last, or `back` in the layer's data format."""
        if self.data_format == "channels_last":
            return images
        return images.transpose(0, 3, 1, 2) if back else images.transpose(0, 2, 3, 1)
