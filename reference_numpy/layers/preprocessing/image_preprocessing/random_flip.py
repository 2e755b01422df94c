"""Mirroring of images at random."""

from typing import Any

import numpy as np

from reference_numpy.layers.preprocessing.image_preprocessing.random_image_layer import (
    RandomImageLayer,
)

MODES = ("horizontal", "vertical", "horizontal_and_vertical")


class RandomFlip(RandomImageLayer):
    """Each image is mirrored with probability ½, in training; backward mirrors dy back.

    One draw decides for an image: with `"horizontal_and_vertical"` it is turned upside down and
    left to right at once, or not at all.

    Args:
        mode: `"horizontal"`, `"vertical"` or `"horizontal_and_vertical"`.
        seed, data_format: as `RandomImageLayer` takes them.

    Raises:
        ValueError: for another mode.
    """

    def __init__(
        self,
        mode: str = "horizontal_and_vertical",
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        if mode not in MODES:
            raise ValueError(
                f"Layer '{self.name}': `mode` must be one of {', '.join(MODES)}. "
                f"Received: mode={mode!r}"
            )
        self.mode = mode
        vertical, horizontal = self.axes
        self.mirrored = {"horizontal": (horizontal,), "vertical": (vertical,)}.get(mode, self.axes)

    def augment(self, images):
        """The images, some of them mirrored, and which."""
        flips = self.draw((len(images), 1, 1, 1)) <= 0.5
        return np.where(flips, np.flip(images, self.mirrored), images), flips

    def augment_backward(self, dy, cache):
        """dx."""
        return np.where(cache, np.flip(dy, self.mirrored), dy)
