"""Contrast of images at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import standardize_factor
from reference_numpy.layers.preprocessing.image_preprocessing.random_image_layer import (
    RandomImageLayer,
)


class RandomContrast(RandomImageLayer):
    """y = clip(c (x − μ) + μ) in training, μ each channel's mean over the image.

    c is drawn evenly from [1 − lower, 1 + upper), once for each image. Backward, with dz = dy where
    the value was not clipped (values on the bounds count as not clipped) and 0 elsewhere:

        dx = c dz + (1 − c) mean(dz)

    Args:
        factor: (lower, upper) between 0 and 1, or one number for (0, that number).
        value_range: (low, high), to which y is clipped.
        seed: as `RandomImageLayer` takes it.

    Raises:
        ValueError: for a `factor` outside of [0, 1].
    """

    casts_always = False

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        self.factor = standardize_factor(factor, (0, 1))
        self.value_range = value_range

    def augment(self, images):
        """The images with other contrasts, c, and where nothing was clipped."""
        lower, upper = self.factor
        shape = (len(images), 1, 1, 1)
        contrast = self.draw(shape, 1.0 - lower, 1.0 + upper, self.compute_dtype)
        mean = images.mean(axis=self.axes, keepdims=True)
        values = (images - mean) * contrast + mean
        low, high = self.value_range
        return np.clip(values, low, high), (contrast, (values >= low) & (values <= high))

    def augment_backward(self, dy, cache):
        """dx."""
        contrast, inside = cache
        dz = dy * inside
        return contrast * dz + (1 - contrast) * dz.mean(axis=self.axes, keepdims=True)
