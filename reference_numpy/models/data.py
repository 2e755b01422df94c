"""What `fit` is given: checks, weights of classes, the part for validation."""

import math
from typing import Any

import numpy as np

from reference_numpy import config, tree


def as_arrays(structure, name):
    """Every leaf of `structure` as an array with a batch axis; floats in `config.floatx()`.

    Only `x` may hold text, for the layers that look it up, and NaN, which a model may handle.

    Raises:
        ValueError: for leaves that are no arrays of numbers, and for NaN elsewhere.
    """

    def convert(leaf):
        if leaf is None:
            return None
        array = np.asarray(leaf)
        usable = array.dtype.kind in "fiub" or name == "x" and _is_text(array)
        if array.ndim == 0 or not usable:
            received = f"{leaf!r} of type {type(leaf).__name__}"
            if array.ndim:
                received = f"an array of shape {array.shape} and dtype {array.dtype}"
            raise ValueError(
                f"Expected all elements of `{name}` to be arrays of numbers with a batch axis; a "
                "list is taken as several inputs or outputs, so make an array of one that is not. "
                f"Received among them: {received}"
            )
        if array.dtype.kind == "f":
            array = array.astype(config.floatx(), copy=False)
            # The smallest number is NaN if any is: quicker than looking at each.
            if name != "x" and array.size and np.isnan(array.min()):
                count = int(np.isnan(array).sum())
                raise ValueError(f"`{name}` contains NaN ({count} of {array.size} numbers).")
        return array

    return tree.map_structure(convert, structure)


def _is_text(array):
    if array.dtype.kind != "O":
        return array.dtype.kind in "SU"
    return all(isinstance(item, (str, bytes)) for item in array.reshape(-1)[:1000])


def unpack(data: Any) -> tuple[Any, Any, Any]:
    """`(x, y, sample_weight)` from validation data: x, `(x,)`, `(x, y)` or all three."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if len(data) > 3:
        raise ValueError(
            "Data is expected to be `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`. Received a "
            f"tuple of {len(data)}."
        )
    return (*data, None, None)[:3]


def class_weight_to_sample_weights(y, class_weight):
    """The weight of each sample's class; 1 for classes that `class_weight` leaves out."""
    if y is None:
        raise ValueError("`class_weight` is given, but no targets `y`.")
    if isinstance(y, (list, tuple, dict)):
        raise ValueError("`class_weight` is only supported for models with a single output.")
    if not isinstance(class_weight, dict):
        raise ValueError(
            "Expected `class_weight` to be a dictionary of the classes' weights. Received: "
            f"class_weight={class_weight!r}"
        )
    labels = y
    if labels.ndim > 1:
        labels = labels[..., 0] if labels.shape[-1] == 1 else np.argmax(labels, axis=-1)
    if labels.size != len(y):
        raise ValueError(
            "`class_weight` needs targets of one label for each sample. Received: y.shape="
            f"{y.shape}, so give `sample_weight` of the shape {labels.shape}, the weight of each "
            "label, instead"
        )
    labels = np.round(labels).astype(int).reshape(-1)
    weights = np.ones(len(labels), config.floatx())
    for label, weight in class_weight.items():
        weights[labels == label] = weight
    return weights


def count_samples(x, y, sample_weight):
    """The number of samples; ValueError if it is 0, or not the same everywhere."""
    sizes = {
        name: [len(leaf) for leaf in tree.flatten(value) if leaf is not None]
        for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight))
    }
    counts = {size for found in sizes.values() for size in found}
    if len(counts) > 1:
        shown = ", ".join(f"'{name}' sizes: {found}" for name, found in sizes.items() if found)
        raise ValueError(
            "Data cardinality is ambiguous. Make sure all arrays contain the same number of "
            f"samples. {shown}"
        )
    if not sizes["x"] or counts == {0}:
        raise ValueError("Expected at least one sample in `x`. Received none.")
    return counts.pop()


def split(x, y, sample_weight, validation_split):
    """`((x, y, sample_weight), the same of the last part)`; the last part is for validation."""
    if not 0 <= validation_split < 1:
        raise ValueError(
            "`validation_split` must be at least 0 and below 1. Received: "
            f"validation_split={validation_split}"
        )
    data = as_arrays(x, "x"), as_arrays(y, "y"), as_arrays(sample_weight, "sample_weight")
    count = count_samples(*data)
    at = math.floor(count * (1.0 - validation_split))
    if at in (0, count):
        raise ValueError(
            f"Training data contains {count} samples, which is not sufficient to split it as "
            f"specified by `validation_split={validation_split}`. Either provide more data, or a "
            "different value for `validation_split`."
        )

    def part(structure, cut):
        return tree.map_structure(lambda a: None if a is None else a[cut], structure)

    return tuple(part(item, slice(0, at)) for item in data), tuple(
        part(item, slice(at, count)) for item in data
    )
