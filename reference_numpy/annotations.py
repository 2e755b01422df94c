"""The types that public signatures are annotated with, and whether a value is of one of them."""

import types
import typing
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray
#: what `np.asarray` makes an array of numbers or texts of
ArrayLike = np.ndarray | Sequence[Any] | float
#: sizes of axes, None where the size is not known
Shape = tuple[int | None, ...]
#: an array or a symbolic tensor, or lists, tuples and dictionaries of them
Structure = Any
#: what `get_config` gives
Config = dict[str, Any]
#: a part, such as an initializer: its name, config or class, itself or a function; None for none
Named = str | Config | Callable[..., Any] | None
#: the name of a dtype or of a policy, a NumPy dtype, a policy or its config; None for the default
DType = Any
#: a number, a schedule, or a function without arguments
LearningRate = float | Callable[..., float]

_NAMES = {
    None: "None",
    type(None): "None",
    bool: "True or False",
    int: "an integer",
    float: "a number",
    str: "a text",
    dict: "a dictionary",
    np.ndarray: "an array",
    Callable: "a function",
}


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of the type that an annotation says."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin in (types.UnionType, typing.Union):
        return any(fits(value, argument) for argument in arguments)
    if origin is Callable:
        return callable(value)
    if origin in (list, tuple, Sequence):
        kinds = (list, tuple) if origin is Sequence else origin
        return isinstance(value, kinds) and all(fits(item, arguments[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict)
    if hint is bool:  # which one may write as a number
        return isinstance(value, (bool, np.bool_, int)) and value in (0, 1)
    if hint in (int, float):
        numbers = (int, np.integer) if hint is int else (int, float, np.number)
        return isinstance(value, numbers) and not isinstance(value, bool)
    return isinstance(value, hint)


def in_words(hint: Any) -> str:
    """What an annotation asks for: `int | Sequence[int]` is "an integer or a list, …"."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        *first, last = dict.fromkeys(map(in_words, arguments))
        return f"{', '.join(first)} or {last}" if first else last
    if origin in (list, tuple, Sequence):
        return f"a list (each {in_words(arguments[0])})"
    kind = origin or hint
    return _NAMES.get(kind) or f"a {getattr(kind, '__name__', kind)}"
