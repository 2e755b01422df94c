"""Zooms of images at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.affine_layer import AffineLayer
from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import standardize_share


class RandomZoom(AffineLayer):
    """Each image is zoomed about its middle, in training: what was 1 + f pixels wide becomes 1.

    f is drawn evenly from [lower, upper): above 0 the image shrinks, below 0 it grows. Heights are
    drawn first; without `width_factor` widths are zoomed alike. Backward and the arguments'
    meanings: see `AffineLayer`.

    Args:
        height_factor: (lower, upper) above −1 and up to 1, or one number f for (−f, f).
        width_factor: likewise, or None.
        fill_mode, interpolation, seed, fill_value, data_format: as `AffineLayer` takes them.

    Raises:
        ValueError: for a factor outside of (−1, 1].
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float] | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.height_range = self._range(height_factor, "height_factor")
        self.width_range = width_factor and self._range(width_factor, "width_factor")

    def _range(self, factor, name):
        lower, upper = standardize_share(factor, name, above=-1)
        return 1.0 + lower, 1.0 + upper

    def draw_maps(self, count, height, width):
        """One map an image."""
        zoom_y = zoom_x = self.draw((count,), *self.height_range).astype("float64")
        if self.width_factor is not None:
            zoom_x = self.draw((count,), *self.width_range).astype("float64")
        zero = np.zeros(count)
        x, y = 0.5 * (width - 1) * (1.0 - zoom_x), 0.5 * (height - 1) * (1.0 - zoom_y)
        return np.stack([zoom_x, zero, x, zero, zoom_y, y], axis=1)
