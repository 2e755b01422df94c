"""Keras's other layers that change images in training: here they pass images through.

A model that contains one of them can be read, saved and run; what they do to images in training
is not computed here, and a call in training says so.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from reference_numpy.layers.preprocessing.image_preprocessing.image_layer import (
    ImageLayer,
    standardize_factor,
    standardize_share,
)

_REQUIRED = inspect.Parameter.empty


class InferenceOnly(ImageLayer):
    """y = x at inference; NotImplementedError in training, which Keras's calls default to.

    A subclass sets `parameters`, the constructor's own arguments in Keras's order with their
    defaults, and may set `standardized`, functions that bring arguments into the config's form.
    """

    parameters: dict[str, Any] = {}
    standardized: dict[str, Callable[..., Any]] = {}
    does = ""
    #: whether integer images leave as floating ones
    casts = True
    #: whether Keras changes images at inference too
    always = False

    def __init__(self, *args: Any, **kwargs: Any):
        own = dict(zip(self.parameters, args, strict=False))
        own |= {name: kwargs.pop(name) for name in list(kwargs) if name in self.parameters}
        missing = [
            name
            for name, default in self.parameters.items()
            if default is _REQUIRED and name not in own
        ]
        if missing or len(args) > len(self.parameters):
            raise TypeError(
                f"{type(self).__name__} takes the arguments {', '.join(self.parameters)}; "
                f"missing: {', '.join(missing) or 'none'}."
            )
        own = {**self.parameters, **own}
        if "data_format" in own:
            kwargs["data_format"] = own.pop("data_format")
        super().__init__(**kwargs)
        for name, value in own.items():
            standardize = self.standardized.get(name)
            setattr(self, name, standardize(value) if standardize else value)

    @classmethod
    @functools.cache
    def constructor_arguments(cls):
        """Those of all layers of images, and the `parameters`."""
        keyword = inspect.Parameter.KEYWORD_ONLY
        own = {
            name: inspect.Parameter(name, keyword, default=default)
            for name, default in cls.parameters.items()
        }
        return super().constructor_arguments() | own

    def forward(self, data, training=True):
        """The images as they are, and their dtype."""
        self.check_images(data)
        if training or self.always:
            when = "" if self.always else " in training"
            raise NotImplementedError(
                f"Layer '{self.name}': {type(self).__name__} {self.does}{when}, which is not "
                "supported. Apply it with Keras before."
            )
        return self.in_float(data) if self.casts else data, data.dtype

    def backward(self, dy, cache):
        """dx = dy (None for integers), and no gradients of weights."""
        return dy if cache.kind == "f" else None, []


def _unit_factor(factor):
    return standardize_factor(factor, (0, 1))


def _posterization_factor(factor):
    return standardize_factor(factor, (1, 8))


def _shear_factor(factor):
    return standardize_share(factor, "x_factor, y_factor")


def _odd_sizes(size):
    sizes = (size, size) if isinstance(size, int) else tuple(size)
    if len(sizes) != 2 or any(side % 2 == 0 for side in sizes):
        raise ValueError(f"`kernel_size` must be an odd number or two. Received: {size}")
    return sizes


_BYTES, _SEED = {"value_range": (0, 255)}, {"seed": None}
_FORMAT = {"data_format": None}
_COLOR = {"factor": _REQUIRED, **_BYTES, **_FORMAT, **_SEED}
_FACTOR, _SORTED = {"factor": _unit_factor}, {"value_range": sorted}
_BILINEAR = {"interpolation": "bilinear"}
_FILL = {"fill_mode": "reflect", "fill_value": 0.0}


def _layer(name, does, parameters, standardized=None, **attributes):
    """A subclass of `InferenceOnly`."""
    docstring = f"A layer that {does}; images pass through at inference (see `InferenceOnly`)."
    body = {"__doc__": docstring, "__module__": __name__, "does": does, "parameters": parameters}
    return type(name, (InferenceOnly,), {**body, "standardized": standardized or {}, **attributes})


AugMix = _layer(
    "AugMix",
    "mixes chains of augmentations",
    {
        **_BYTES,
        "num_chains": 3,
        "chain_depth": 3,
        "factor": 0.3,
        "alpha": 1.0,
        "all_ops": True,
        **_BILINEAR,
        **_SEED,
        **_FORMAT,
    },
    _FACTOR,
)
AutoContrast = _layer(
    "AutoContrast", "stretches images to the whole range of values", _BYTES, _SORTED, always=True
)
ContrastLimitedAdaptiveHistogramEqualization = _layer(
    "ContrastLimitedAdaptiveHistogramEqualization",
    "equalizes histograms tile by tile",
    {**_BYTES, "clip_limit": 4.0, "tile_grid_size": (8, 8), **_FORMAT},
    always=True,
)
CutMix = _layer(
    "CutMix", "pastes parts of images into others", {"factor": 1.0, **_SEED, **_FORMAT}, _FACTOR
)
Equalization = _layer(
    "Equalization", "equalizes histograms", {**_BYTES, "bins": 256, **_FORMAT}, _SORTED, casts=False
)
MixUp = _layer("MixUp", "blends images", {"alpha": 0.2, **_FORMAT, **_SEED}, casts=False)
RandAugment = _layer(
    "RandAugment",
    "applies augmentations at random",
    {**_BYTES, "num_ops": 2, "factor": 0.5, **_BILINEAR, **_SEED, **_FORMAT},
    _FACTOR,
)
RandomColorDegeneration = _layer(
    "RandomColorDegeneration",
    "fades colours",
    _COLOR,
    {"factor": standardize_factor, **_SORTED},
    casts=False,
)
RandomColorJitter = _layer(
    "RandomColorJitter",
    "changes brightness, contrast, saturation and hue",
    {
        **_BYTES,
        "brightness_factor": None,
        "contrast_factor": None,
        "saturation_factor": None,
        "hue_factor": None,
        **_SEED,
        **_FORMAT,
    },
    casts=False,
)
RandomCrop = _layer(
    "RandomCrop",
    "cuts out parts at random",
    {"height": _REQUIRED, "width": _REQUIRED, **_SEED, **_FORMAT},
    casts=False,
)
RandomElasticTransform = _layer(
    "RandomElasticTransform",
    "distorts images elastically",
    {"factor": 1.0, "scale": 1.0, **_BILINEAR, **_FILL, **_BYTES, **_SEED, **_FORMAT},
    {**_FACTOR, "scale": _unit_factor},
)
RandomErasing = _layer(
    "RandomErasing",
    "erases parts of images",
    {"factor": 1.0, "scale": (0.02, 0.33), "fill_value": None, **_BYTES, **_SEED, **_FORMAT},
    {**_FACTOR, "scale": _unit_factor},
)
RandomGaussianBlur = _layer(
    "RandomGaussianBlur",
    "blurs images",
    {"factor": 1.0, "kernel_size": 3, "sigma": 1.0, **_BYTES, **_FORMAT, **_SEED},
    {**_FACTOR, "kernel_size": _odd_sizes, "sigma": _unit_factor},
)
RandomGrayscale = _layer(
    "RandomGrayscale",
    "takes the colours away",
    {"factor": 0.5, **_FORMAT, **_SEED},
    casts=False,
    not_in_config=(*ImageLayer.not_in_config, "seed"),
)
RandomHue = _layer("RandomHue", "turns hues", _COLOR, _FACTOR, casts=False)
RandomInvert = _layer(
    "RandomInvert",
    "inverts colours",
    {"factor": 1.0, **_BYTES, **_SEED, **_FORMAT},
    _FACTOR,
    casts=False,
)
RandomPerspective = _layer(
    "RandomPerspective",
    "changes the perspective",
    {"factor": 1.0, "scale": 1.0, **_BILINEAR, "fill_value": 0.0, **_SEED, **_FORMAT},
    _FACTOR,
)
RandomPosterization = _layer(
    "RandomPosterization",
    "reduces the number of colours",
    _COLOR,
    {"factor": _posterization_factor, **_SORTED},
    casts=False,
)
RandomSaturation = _layer(
    "RandomSaturation",
    "changes the saturation",
    _COLOR,
    {"factor": standardize_factor, **_SORTED},
    casts=False,
)
RandomSharpness = _layer("RandomSharpness", "changes the sharpness", _COLOR, {**_FACTOR, **_SORTED})
RandomShear = _layer(
    "RandomShear",
    "shears images",
    {"x_factor": 0.0, "y_factor": 0.0, **_BILINEAR, **_FILL, **_FORMAT, **_SEED},
    {"x_factor": _shear_factor, "y_factor": _shear_factor},
)
Solarization = _layer(
    "Solarization",
    "inverts bright pixels",
    {"addition_factor": 0.0, "threshold_factor": 0.0, **_BYTES, **_SEED},
    {"addition_factor": _unit_factor, "threshold_factor": _unit_factor, **_SORTED},
)
MaxNumBoundingBoxes = _layer(
    "MaxNumBoundingBoxes",
    "cuts lists of bounding boxes",
    {"max_number": _REQUIRED, "fill_value": -1},
    casts=False,
    not_in_config=(*ImageLayer.not_in_config, "fill_value"),
)

INFERENCE_ONLY = [
    name
    for name, value in list(vars().items())
    if isinstance(value, type) and issubclass(value, InferenceOnly) and value is not InferenceOnly
]
__all__ = INFERENCE_ONLY
