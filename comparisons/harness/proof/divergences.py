"""Where Keras or one of its backends computes otherwise than the mathematics says.

The reference keeps the mathematics. Each divergence is declared here once; the checks widen their
tolerance for it, with its reason, and nowhere else. `docs/keras-divergences.md` tells each of them
at length, with a minimal reproduction, and a test sees that each is still there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comparisons.harness.backends import KERAS_BACKENDS
from comparisons.harness.proof.checks import FACTOR, UNIT_ROUNDOFF

# In float64 such a computation is only as good as float32.
FLOAT32_IN_FLOAT64 = FACTOR * UNIT_ROUNDOFF["float32"] / UNIT_ROUNDOFF["float64"]
KERAS = tuple(f"keras-{name}" for name in KERAS_BACKENDS)  # it is in Keras's own code
TENSORFLOW, JAX, TORCH = (("keras-tensorflow",), ("keras-jax",), ("keras-torch",))


@dataclass(frozen=True)
class Divergence:
    """One divergence.

    Args:
        name: its heading in `docs/keras-divergences.md`.
        columns: the implementations that diverge.
        applies: whether it concerns a layer's class name and constructor arguments.
        dtypes: the precisions in which it shows.
        factor: the tolerance it needs, in units of roundoff · scale.
        reason: in a few words.
        quantity: how the names of the quantities begin that it shows in; all by default.
    """

    name: str
    columns: tuple[str, ...]
    applies: Callable[[str, dict], bool]
    dtypes: tuple[str, ...]
    factor: float
    reason: str
    quantity: str = ""


def _activation_is(*names):
    def applies(layer, arguments):
        return any(
            arguments.get(key) in names
            for key in ("activation", "recurrent_activation")
            if isinstance(arguments.get(key), str)
        )

    return applies


def _has_inexact(*names):
    """Whether an argument is a number that float32 cannot hold."""

    def applies(layer, arguments):
        values = [arguments.get(name) for name in names]
        return any(isinstance(v, float) and float(np.float32(v)) != v for v in values)

    return applies


def _scales_inexactly(layer, arguments):
    size = {
        "MultiHeadAttention": arguments.get("key_dim"),
        "GroupQueryAttention": arguments.get("head_dim"),
    }.get(layer)
    return size is not None and float(np.float32(size**-0.5)) != size**-0.5


def _interpolates(layer, arguments):
    return layer in ("UpSampling2D", "Resizing") and arguments.get("interpolation") not in (
        None,
        "nearest",
    )


DIVERGENCES = (
    Divergence(
        "gelu in float64",
        TENSORFLOW,
        _activation_is("gelu"),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "TensorFlow casts the root of 2 by way of float32",
    ),
    Divergence(
        "leaky_relu in float64",
        TENSORFLOW,
        lambda layer, arguments: (
            _activation_is("leaky_relu")(layer, arguments)
            or (layer == "LeakyReLU" and "negative_slope" not in arguments)  # 0.3
            or (layer in ("LeakyReLU", "ReLU") and _has_inexact("negative_slope")(layer, arguments))
        ),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "TensorFlow keeps the slope in float32",
    ),
    Divergence(
        "ReLU's bounds in float64",
        TENSORFLOW,
        lambda layer, arguments: (
            layer == "ReLU" and _has_inexact("max_value", "threshold")(layer, arguments)
        ),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "Keras casts the bounds by way of float32",
    ),
    Divergence(
        "sparsemax",
        KERAS,
        _activation_is("sparsemax"),
        ("float64", "float32"),
        np.inf,
        "Keras adds up the cumulative sums instead of the largest inputs",
    ),
    Divergence(
        "hard_sigmoid's gradient in float64",
        TORCH,
        _activation_is("hard_sigmoid"),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "PyTorch keeps the slope 1/6 in float32",
    ),
    Divergence(
        "optimizer constants in float64",
        TENSORFLOW,
        lambda layer, arguments: layer == "Optimizer",
        ("float64",),
        16 * FLOAT32_IN_FLOAT64,
        "Keras rounds momentum, decay rates and epsilon to float32",
    ),
    Divergence(
        "Adam's corrections in float32",
        KERAS,
        lambda layer, arguments: (
            layer == "Optimizer" and arguments.get("name") in ("Adam", "AdamW")
        ),
        ("float32",),
        16 * FACTOR,
        "1 - β₂ᵗ in float32 is good to four digits in the first steps",
    ),
    Divergence(
        "interpolation in float64",
        TENSORFLOW,
        _interpolates,
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "TensorFlow interpolates in float32",
    ),
    Divergence(
        "Rescaling's constants in float64",
        TENSORFLOW,
        lambda layer, arguments: (
            layer == "Rescaling" and _has_inexact("scale", "offset")(layer, arguments)
        ),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "Keras casts scale and offset by way of float32",
    ),
    Divergence(
        "Normalization's mean and variance in float64",
        TENSORFLOW,
        lambda layer, arguments: layer == "Normalization" and arguments.get("mean") is not None,
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "Keras casts a given mean and variance by way of float32",
    ),
    Divergence(
        "gradients of rotated, shifted and zoomed images",
        TENSORFLOW,
        lambda layer, arguments: layer in ("RandomRotation", "RandomTranslation", "RandomZoom"),
        ("float32",),
        np.inf,
        "TensorFlow samples the gradient by the inverted map",
        "gradient of input",
    ),
    Divergence(
        "low-rank adaptation in float64",
        KERAS,
        lambda layer, arguments: bool(arguments.get("lora_rank")),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "Keras keeps and multiplies the factors in float32",
    ),
    Divergence(
        "the scale of attention in float64",
        TENSORFLOW + JAX,
        _scales_inexactly,
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "Keras casts 1/√key_dim by way of float32",
    ),
    Divergence(
        "the softmax of attention on JAX",
        JAX,
        lambda layer, arguments: layer in ("MultiHeadAttention", "GroupQueryAttention"),
        ("float64",),
        FLOAT32_IN_FLOAT64,
        "JAX takes the softmax of attention in float32",
    ),
)


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
        for column in JAX + TORCH
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


def exception(
    column: str, layer: str, arguments: dict, dtype: str, quantity: str = ""
) -> tuple[float, str] | None:
    """The widened tolerance and its reason where a divergence concerns this layer, else None.

    Without a `quantity` only those divergences count that concern all of them.
    """
    for divergence in DIVERGENCES:
        here = column in divergence.columns and dtype in divergence.dtypes
        here = here and quantity.startswith(divergence.quantity)
        if here and divergence.applies(layer, arguments):
            return divergence.factor, f"{divergence.name}: {divergence.reason}"
    return None
