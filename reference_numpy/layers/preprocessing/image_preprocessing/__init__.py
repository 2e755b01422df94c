"""Layers of images."""

from reference_numpy.layers.preprocessing.image_preprocessing.center_crop import CenterCrop
from reference_numpy.layers.preprocessing.image_preprocessing.inference_only import *  # noqa: F403
from reference_numpy.layers.preprocessing.image_preprocessing.inference_only import INFERENCE_ONLY
from reference_numpy.layers.preprocessing.image_preprocessing.random_brightness import (
    RandomBrightness,
)
from reference_numpy.layers.preprocessing.image_preprocessing.random_contrast import RandomContrast
from reference_numpy.layers.preprocessing.image_preprocessing.random_flip import RandomFlip
from reference_numpy.layers.preprocessing.image_preprocessing.random_rotation import RandomRotation
from reference_numpy.layers.preprocessing.image_preprocessing.random_translation import (
    RandomTranslation,
)
from reference_numpy.layers.preprocessing.image_preprocessing.random_zoom import RandomZoom
from reference_numpy.layers.preprocessing.image_preprocessing.resizing import Resizing

__all__ = [
    "CenterCrop",
    "RandomBrightness",
    "RandomContrast",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "Resizing",
    *INFERENCE_ONLY,
]
