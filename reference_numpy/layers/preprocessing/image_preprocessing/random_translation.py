"""Shifts of images at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.affine_layer import AffineLayer
from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import standardize_share


class RandomTranslation(AffineLayer):
    """Each image is shifted down and to the right by shares of its height and width, in training.

    The shares are drawn evenly from [lower, upper), first the heights' of all images, then the
    widths'. Backward and the arguments' meanings: see `AffineLayer`.

    Args:
        height_factor, width_factor: (lower, upper) between −1 and 1, or one number f for (−f, f).
        fill_mode, interpolation, seed, fill_value, data_format: as `AffineLayer` takes them.

    Raises:
        ValueError: for a factor outside of [−1, 1].
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.height_range = standardize_share(height_factor, "height_factor")
        self.width_range = standardize_share(width_factor, "width_factor")

    def draw_maps(self, count, height, width):
        """One map an image."""
        down = self.draw((count,), *self.height_range) * np.float32(height)
        right = self.draw((count,), *self.width_range) * np.float32(width)
        zero, one = np.zeros(count), np.ones(count)
        return np.stack([one, zero, -right, zero, one, -down], axis=1)
