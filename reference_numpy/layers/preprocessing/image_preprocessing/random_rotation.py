"""Rotation of images at random."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.affine_layer import AffineLayer
from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import standardize_factor


class RandomRotation(AffineLayer):
    """Each image is turned about its middle by an angle θ of its own, in training.

    θ is drawn evenly from [lower, upper) of a full turn. With (x, y) counted from the middle, the
    output at (x, y) is the input at (x cos θ − y sin θ, x sin θ + y cos θ). Backward and the
    arguments' meanings: see `AffineLayer`.

    Args:
        factor: (lower, upper) in turns, between −1 and 1, or one number f for (−f, f).
        fill_mode, interpolation, seed, fill_value, data_format: as `AffineLayer` takes them.

    Raises:
        ValueError: for a `factor` outside of [−1, 1].
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor = standardize_factor(factor or 0.0)

    def draw_maps(self, count, height, width):
        """One map an image, of an angle drawn in degrees."""
        lower, upper = self.factor
        degrees = self.draw((count,), lower * 360.0, upper * 360.0)
        angle = degrees.astype("float64") * (math.pi / 180.0)
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = 0.5 * (width - 1), 0.5 * (height - 1)
        across = (cos, -sin, x - x * cos + y * sin)
        down = (sin, cos, y - x * sin - y * cos)
        return np.stack([*across, *down], axis=1)
