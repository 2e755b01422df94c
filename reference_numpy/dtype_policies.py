"""Dtype policies: in which precision a layer computes and in which it keeps its weights."""

from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.serialization import Configurable, Family

_FLOATS = ("float16", "float32", "float64")
QUANTIZATION = "a quantized layer keeps rounded weights, which are not trained."


class DTypePolicy(Configurable):
    """A pair of dtypes, as `keras.DTypePolicy`.

    Args:
        name: `"float16"`, `"float32"`, `"float64"` (computing and weights alike), an integer or
            `"string"` dtype for layers that only look up, or `"mixed_float16"`: computing in
            float16, weights in float32.

    Raises:
        NotImplementedError: for bfloat16, which NumPy does not have, and for quantization.
        ValueError: for any other name.
    """

    def __init__(self, name: str | None = None):
        name = name or config.floatx()
        if "bfloat16" in name:
            raise NotImplementedError(f"The dtype policy '{name}' needs bfloat16: NumPy has none.")
        if "_from_" in name:
            raise NotImplementedError(f"The dtype policy '{name}' is not supported: {QUANTIZATION}")
        known = (*_FLOATS, "mixed_float16", "int8", "uint8", "int16", "int32", "int64", "bool")
        if name not in (*known, "string"):
            raise ValueError(f"Cannot convert '{name}' to a dtype policy. Expected one of {known}.")
        self.name = name
        self.compute_dtype = "float16" if name == "mixed_float16" else name
        self.variable_dtype = "float32" if name == "mixed_float16" else name

    def __eq__(self, other):
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self):
        return hash(self.name)


family = Family("keras", "dtype policy", [DTypePolicy], {"FloatDTypePolicy": DTypePolicy})
_QUANTIZED = ("Quantized", "QuantizedFloat8", "Int4", "GPTQ", "AWQ")
Family(
    "keras.dtype_policies",
    "dtype policy",
    [],
    refused={
        **{f"{kind}DTypePolicy": QUANTIZATION for kind in _QUANTIZED},
        "DTypePolicyMap": "a layer has one policy, not one for each of its parts.",
    },
)
_QUANTIZERS = (
    "AbsMaxQuantizer",
    "AWQConfig",
    "Float8QuantizationConfig",
    "GPTQConfig",
    "Int4QuantizationConfig",
    "Int8QuantizationConfig",
    "QuantizationConfig",
    "Quantizer",
)
Family("keras.quantizers", "quantizer", [], refused=dict.fromkeys(_QUANTIZERS, QUANTIZATION))


def get(identifier: Any) -> DTypePolicy:
    """A policy from None (the default `floatx`), a dtype name, a config, or a policy."""
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return family.deserialize(identifier)
    if identifier is not None and not isinstance(identifier, str):
        identifier = name_of(identifier)
    return DTypePolicy(identifier)


def name_of(dtype: Any) -> str:
    """The name of a dtype. Raises ValueError for what is none."""
    try:
        return np.dtype(dtype).name
    except (TypeError, ValueError):
        raise ValueError(f"Expected a dtype. Received: {dtype!r}") from None
