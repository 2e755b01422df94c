"""Constructor arguments that several layers take, brought into one form."""

import numpy as np

from reference_numpy.dtype_policies import QUANTIZATION


def standardize_data_format(data_format):
    """`"channels_last"` (for None too) or `"channels_first"`; ValueError for anything else."""
    name = "channels_last" if data_format is None else str(data_format).lower()
    if name not in ("channels_first", "channels_last"):
        raise ValueError(
            "The `data_format` argument must be 'channels_first' or 'channels_last'. "
            f"Received: data_format={data_format}"
        )
    return name


def standardize_tuple(value, n, name, allow_zero=False):
    """`value` as a tuple of `n` integers; one integer stands for all of them.

    Raises:
        ValueError: for another length, entries that are no integers, or entries below 1 (below 0
            where `allow_zero`).
    """
    lowest = 0 if allow_zero else 1
    try:
        values = (value,) * n if isinstance(value, int) else tuple(value)
        fits = len(values) == n and all(int(item) == item >= lowest for item in values)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(
            f"The `{name}` argument must be an integer or a tuple of {n} integers, each {lowest} "
            f"or more. Received: {name}={value}"
        )
    return values


def positive_integer(value, name):
    """`value` as an integer. Raises ValueError for anything but an integer of 1 or more."""
    is_integer = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_integer or value < 1:
        raise ValueError(f"`{name}` must be an integer of 1 or more. Received: {name}={value!r}")
    return int(value)


def standardize_padding(padding, allow_causal=False):
    """`padding` in small letters; ValueError unless it is `"valid"`, `"same"`, or an allowed
    `"causal"`."""
    allowed = ("valid", "same", "causal") if allow_causal else ("valid", "same")
    name = padding.lower() if isinstance(padding, str) else padding
    if name not in allowed:
        raise ValueError(
            f"The `padding` argument must be one of {allowed}. Received: padding={padding!r}"
        )
    return name


def refuse_quantization(name, quantization_config):
    """Raise NotImplementedError for a layer whose weights are to be rounded."""
    if quantization_config:
        raise NotImplementedError(
            f"Layer '{name}': `quantization_config` is not supported: {QUANTIZATION}"
        )
