"""What the checks allow for: known divergences of Keras, and precisions that it lacks.

The checks widen their tolerance for a known divergence, with its reason, and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comparisons.harness.divergences import DIVERGENCES, Shows
from comparisons.harness.proof.checks import FACTOR, UNIT_ROUNDOFF

# In float64 such a computation is only as good as float32.
FLOAT32_IN_FLOAT64 = FACTOR * UNIT_ROUNDOFF["float32"] / UNIT_ROUNDOFF["float64"]


@dataclass(frozen=True)
class Missing:
    """A computation that a backend does not have in float64, so that it is checked in float32.

    Args:
        column: the implementation that lacks it.
        applies: whether it concerns a layer's class name and constructor arguments.
        reason: in a few words.
    """

    column: str
    applies: Callable[[str, dict], bool]
    reason: str


def _pools_over_three_axes(layer, arguments):
    return layer.endswith("Pooling3D") and not layer.startswith("Global")


def _convolves_channels_first(layer, arguments):
    # Grouped convolutions, and Conv3D, go through XLA.
    return (
        arguments.get("data_format") == "channels_first"
        and arguments.get("groups", 1) == 1
        and (
            layer in ("Conv1D", "Conv2D", "ConvLSTM1D", "ConvLSTM2D", "STFTSpectrogram")
            or layer.endswith("DTranspose")
        )
    )


def _spreads_with_dilation(layer, arguments):
    dilation = np.ravel(arguments.get("dilation_rate", 1))
    return layer.endswith("DTranspose") and dilation.max() > 1


def _strides_unevenly(layer, arguments):
    strides = np.ravel(arguments.get("strides", 1))
    return layer in ("DepthwiseConv2D", "SeparableConv2D") and strides.min() < strides.max()


MISSING_IN_FLOAT64 = (
    Missing(
        "keras-tensorflow",
        _pools_over_three_axes,
        "TensorFlow pools over three axes in float32 and below only",
    ),
    Missing(
        "keras-tensorflow",
        _convolves_channels_first,
        "TensorFlow on a CPU convolves with channels first in float32 only",
    ),
    Missing(
        "keras-tensorflow",
        lambda layer, arguments: layer == "MelSpectrogram",
        "Keras has the mel weights and the reference power in float32",
    ),
    Missing(
        "keras-tensorflow",
        lambda layer, arguments: (
            layer in ("RandomRotation", "RandomTranslation", "RandomZoom", "CenterCrop")
            or (layer == "Resizing" and arguments.get("interpolation") != "nearest")
            or (layer == "UpSampling2D" and "lanczos" in arguments.get("interpolation", ""))
        ),
        "TensorFlow resamples images in float32",
    ),
    *(
        Missing(
            column,
            lambda layer, arguments: layer == "RandomTranslation",
            "Keras has the maps of shifted images in float32",
        )
        for column in ("keras-jax", "keras-torch")
    ),
    Missing(
        "keras-tensorflow",
        _spreads_with_dilation,
        "TensorFlow on a CPU dilates transposed convolutions in float32 only",
    ),
    Missing(
        "keras-tensorflow",
        _strides_unevenly,
        "TensorFlow on a CPU has uneven strides of depthwise convolutions in float32 only",
    ),
)


def best_precision(column: str, layer: str, arguments: dict) -> tuple[str, str]:
    """`("float64", "")`, or `("float32", reason)` where the column has nothing better."""
    for missing in MISSING_IN_FLOAT64:
        if missing.column == column and missing.applies(layer, arguments):
            return "float32", missing.reason
    return "float64", ""


def widened(
    column: str, layer: str, arguments: dict, dtype: str, quantity: str = ""
) -> tuple[float, str] | None:
    """The widened tolerance and its reason where a divergence concerns this layer, else None.

    Without a `quantity` only those divergences count that concern all of them.
    """
    backend = column.removeprefix("keras-")
    found = [
        (factor(known.shows, dtype), known.told[0])
        for known in DIVERGENCES.values()
        if known.meets(backend, layer, arguments, dtype, quantity)
        and known.shows.factor is not None
    ]
    return max(found, default=None)


def factor(shows: Shows, dtype: str) -> float:
    """The tolerance that a divergence needs, in units of roundoff · scale.

    It is infinite for one that the proof makes no exception for.
    """
    if shows.factor is None:
        return np.inf
    return FACTOR * shows.factor * UNIT_ROUNDOFF[shows.digits or dtype] / UNIT_ROUNDOFF[dtype]
