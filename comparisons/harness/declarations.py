"""Whether what a script declares is what its fields are said to hold, field by field."""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

from comparisons.harness.bilingual import Words

PRESETS = {"default", "full"}
WIDER = {int: (int,), float: (int, float)}
_PLACE = re.compile(r"\w+\.(?=\w)")


def look_over(part: object, kind: type, where: str = "CONCEPT") -> None:
    """Raises TypeError, with the field, for the first value that is not what the field holds.

    Args:
        part: what is declared: a `Concept`, and what stands in its fields.
        kind: the class or annotation that it is to fit.
        where: the name of the field.
    """
    if not _fits(part, kind):
        expected = "a pair, English and Japanese" if kind == Words else _named(kind)
        alone = get_args(kind)[1:] == (...,) and _fits(part, get_args(kind)[0])
        comma = "; a tuple of one has a comma after it" if alone else ""
        raise TypeError(f"{where}: expected {expected}, got {repr(part)[:100]}{comma}")
    if is_dataclass(part):
        hints = get_type_hints(type(part))
        for field in fields(part):
            name = f"{type(part).__name__}.{field.name}"
            look_over(getattr(part, field.name), hints[field.name], name)
    elif isinstance(part, (tuple, dict)):
        for inner in part.values() if isinstance(part, dict) else part:
            if is_dataclass(inner):
                look_over(inner, type(inner))


def look_over_task(task) -> None:
    """Raises ValueError or TypeError, with the field, for a `Task` that cannot be trained.

    Its fields are of the right kinds, see `look_over`.
    """
    if set(task.presets) != PRESETS:
        raise ValueError(
            f"Task.presets: expected 'default' and 'full', got {', '.join(task.presets) or 'none'}"
        )
    if task.presets["default"].build:
        raise ValueError("Task.presets: 'default' has a `build`; `variants` is the place for it")
    numbers = {"Task.seeds": task.seeds}
    for name, preset in task.presets.items():
        numbers |= {f"Task.presets: epochs of '{name}'": preset.epochs}
        numbers |= {f"Task.presets: batch_size of '{name}'": preset.batch_size}
        for variant, arguments in preset.build.items():
            _is_variant(variant, task, f"Task.presets: '{name}' builds")
            if not isinstance(arguments, dict):
                raise TypeError(
                    f"Task.presets: '{name}' builds '{variant}' with {arguments!r}; expected "
                    "a dictionary of builder arguments"
                )
    for variant in task.variants_ja:
        _is_variant(variant, task, "Task.variants_ja names")
    for field, number in numbers.items():
        if number < 1:
            raise ValueError(f"{field}: expected 1 or more, got {number}")


def _is_variant(name: str, task, where: str) -> None:
    if name not in task.variants:
        raise ValueError(
            f"{where} '{name}', which is no variant; expected one of {', '.join(task.variants)}"
        )


def _fits(value: object, kind: object) -> bool:
    """Whether a value is what an annotation says; of a dataclass the fields are not asked."""
    origin, of = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in of)
    if origin is Callable:
        return callable(value) and _takes(value, of[0])
    if origin is tuple:
        of = of[:1] * len(value) if of[1:] == (...,) and isinstance(value, tuple) else of
        return isinstance(value, tuple) and len(value) == len(of) and all(map(_fits, value, of))
    if origin is dict:
        entries = value.items() if isinstance(value, dict) else [(None, None)]
        return all(_fits(key, of[0]) and _fits(entry, of[1]) for key, entry in entries)
    return isinstance(value, WIDER.get(kind, kind))


def _takes(function: Callable, arguments: object) -> bool:
    """Whether a function can be called with as many arguments, where that is to be seen."""
    if not isinstance(arguments, list):
        return True
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a class written in C has no signature
        return True
    return True


def _named(kind: object) -> str:
    """An annotation in words, without the modules of its classes."""
    return (
        kind.__name__
        if isinstance(kind, type) and not get_args(kind)
        else _PLACE.sub("", str(kind))
    )
