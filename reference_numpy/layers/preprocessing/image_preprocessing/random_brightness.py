"""Brightness of images at random."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import standardize_factor
from reference_numpy.layers.preprocessing.image_preprocessing.random_image_layer import (
    RandomImageLayer,
)


class RandomBrightness(RandomImageLayer):
    """y = clip(x + δ) in training, δ one draw an image from [lower, upper) times the value range.

    Backward: dx = dy where the value was not clipped (values on the bounds count as not clipped).
    Integer images are brightened in floating point; Keras adds δ in their own dtype, where it
    overflows.

    Args:
        factor: (lower, upper) between −1 and 1, or one number f for (−f, f).
        value_range: (low, high), to which y is clipped.
        seed: as `RandomImageLayer` takes it.

    Raises:
        ValueError: for a `factor` outside of [−1, 1], or a `value_range` that is no pair.
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
        self.factor = standardize_factor(factor or 0.0)
        if not isinstance(value_range, (tuple, list)) or len(value_range) != 2:
            raise ValueError(
                f"Layer '{self.name}': `value_range` must be two numbers. "
                f"Received: value_range={value_range}"
            )
        self.value_range = sorted(value_range)

    def augment(self, images):
        """The images with other brightnesses, and where nothing was clipped."""
        low, high = self.value_range
        delta = self.draw((len(images), 1, 1, 1), *self.factor) * (high - low)
        values = images + delta.astype(images.dtype)
        return np.clip(values, low, high), (values >= low) & (values <= high)

    def augment_backward(self, dy, cache):
        """dx."""
        return dy * cache
