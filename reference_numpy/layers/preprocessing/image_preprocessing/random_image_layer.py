"""Random changes of images in training, which pass them through at inference."""

import math
from typing import Any

from reference_numpy import config
from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import ImageLayer
from reference_numpy.random import SeedGenerator


class RandomImageLayer(ImageLayer):
    """y = a random transformation of each image in training; y = x at inference.

    As in Keras, a call that does not say `training` augments.

    A subclass defines `augment(images)` → `(images, cache)` and `augment_backward(dy, cache)` for
    batches in the compute dtype, and draws through `self.seed_generator`.

    Args:
        seed: an integer for draws that repeat, or None.
        bounding_box_format, data_format: as `ImageLayer` takes them.
    """

    #: whether integer images leave as floating ones even where nothing is changed
    casts_always = True

    def __init__(self, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)

    def forward(self, data, training=True):
        """The images, and what backward needs: dtype, shape, the augmentation's cache."""
        self.check_images(data)
        if not training:
            return self.in_float(data) if self.casts_always else data, (data.dtype, None, None)
        images = self.in_float(data).reshape(math.prod(data.shape[:-3]), *data.shape[-3:])
        y, cache = self.augment(images)
        return y.reshape(data.shape), (data.dtype, images.shape, cache)

    def backward(self, dy, cache):
        """dx (None for integers), and no gradients of weights."""
        dtype, shape, cache = cache
        if dtype.kind != "f":
            return None, []
        if shape is None:
            return dy, []
        return self.augment_backward(dy.reshape(shape), cache).reshape(dy.shape), []

    def draw(self, shape, minval=0.0, maxval=1.0, dtype=None):
        """Numbers drawn evenly from [minval, maxval), in `config.floatx()` unless told a dtype."""
        return self.seed_generator.uniform(shape, minval, maxval, dtype or config.floatx())
