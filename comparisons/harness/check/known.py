"""Which known divergence of Keras a difference is, by the headings of docs/keras-divergences.md."""

import numpy as np

from comparisons.harness.proof.checks import FACTOR
from comparisons.harness.proof.divergences import (
    DIVERGENCES,
    JAX,
    KERAS,
    TENSORFLOW,
    TORCH,
    Divergence,
)
from reference_numpy.layers.layer import Layer

BOTH = ("float64", "float32")


def _recognized(name, columns, applies, reason, quantity="") -> Divergence:
    return Divergence(name, columns, applies, BOTH, np.inf, reason, quantity)


def _uses(activation):
    return lambda layer, arguments: activation in (arguments.get("activation"), layer.lower())


def _adds_a_bias_to_channels_first(layer, arguments):
    first = arguments.get("data_format") == "channels_first" and arguments.get("use_bias", False)
    heads = arguments.get("key_dim") == 1 or arguments.get("value_dim") == 1
    return first or (layer == "MultiHeadAttention" and heads)


# Those that the ladder of proof keeps out of its way instead of widening a tolerance for them.
RECOGNIZED = (
    _recognized(
        "the gradient of celu at 0",
        TENSORFLOW,
        _uses("celu"),
        "each half of the sum has the whole gradient at 0",
        "gradient",
    ),
    _recognized(
        "elu of small numbers",
        TENSORFLOW,
        lambda *layer: _uses("elu")(*layer) or _uses("selu")(*layer),
        "one is subtracted from what is nearly one",
    ),
    _recognized(
        "RMSNormalization along other axes than the last",
        KERAS,
        lambda layer, arguments: (
            layer == "RMSNormalization" and arguments["axis"] not in (-1, [-1])
        ),
        "the scale is multiplied along the last axes",
    ),
    _recognized(
        "maximum of equal entries over three axes",
        TENSORFLOW,
        lambda layer, arguments: layer.endswith("MaxPooling3D"),
        "each of equal entries has the whole gradient",
        "gradient",
    ),
    _recognized(
        "bicubic interpolation",
        TENSORFLOW,
        lambda layer, arguments: arguments.get("interpolation") == "bicubic",
        "the cubic's weights are looked up in a table",
    ),
    _recognized(
        "bicubic interpolation on PyTorch",
        TORCH,
        lambda layer, arguments: arguments.get("interpolation") == "bicubic",
        "the cubic is another one",
    ),
    _recognized(
        "gradients of queries that see nothing",
        TORCH,
        # The masks are in no config.
        lambda layer, arguments: layer in ("MultiHeadAttention", "GroupQueryAttention"),
        "the gradient is not that of what was computed",
        "gradient",
    ),
    _recognized(
        "embeddings of repeated tokens",
        TENSORFLOW,
        lambda layer, arguments: layer == "Optimizer" and arguments.get("of") == "Embedding",
        "the rows of one token are squared before they are added up",
    ),
    _recognized(
        "stateful layers on JAX",
        JAX,
        lambda layer, arguments: layer == "Optimizer" and arguments.get("stateful", False),
        "training forgets the states",
    ),
    _recognized(
        "addition along the wrong axis with channels first",
        TENSORFLOW,
        _adds_a_bias_to_channels_first,
        "a bias of as many entries as the last axis is added along it",
    ),
    _recognized(
        "unrolled, backwards, zeros for masked steps",
        TENSORFLOW,
        lambda layer, arguments: all(
            arguments.get(name) for name in ("unroll", "go_backwards", "zero_output_for_mask")
        ),
        "the mask is in the order of time, the outputs are not",
    ),
)


def of_training(
    optimizer: str, of: str, stateful: bool, backend: str, dtype: str, needed: float
) -> str | None:
    """The heading of the known divergence that explains a difference in training, or None.

    Args:
        optimizer: its class.
        of: the class of the layer whose weights differ.
        stateful: whether the model has layers that keep states from batch to batch.
        needed: the error in units of the ordinary tolerance.
    """
    column, arguments = f"keras-{backend}", {"name": optimizer, "of": of, "stateful": stateful}
    for divergence in (*DIVERGENCES, *RECOGNIZED):
        if (
            column in divergence.columns
            and dtype in divergence.dtypes
            and needed * FACTOR <= divergence.factor
            and divergence.applies("Optimizer", arguments)
        ):
            return divergence.name
    return None


def heading(layer: Layer, name: str, backend: str, dtype: str, needed: float) -> str | None:
    """The heading of the known divergence that explains a difference, or None.

    Args:
        layer: the oracle's, whose parts may explain it too.
        name: the quantity's name.
        needed: the error in units of the ordinary tolerance.
    """
    column, pending = f"keras-{backend}", [layer]
    while pending:
        part = pending.pop()
        pending += part.sublayers
        for divergence in (*DIVERGENCES, *RECOGNIZED):
            if (
                column in divergence.columns
                and dtype in divergence.dtypes
                and name.startswith(divergence.quantity)
                and needed * FACTOR <= divergence.factor
                and divergence.applies(type(part).__name__, part.get_config())
            ):
                return divergence.name
    return None
