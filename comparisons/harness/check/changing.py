"""Let the NumPy half compute otherwise for a moment."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def changed(name: str, owners: Iterable, change: Callable) -> Iterator[None]:
    """Let classes or modules have another function meanwhile, which `change` makes of theirs."""
    before = [(owner, getattr(owner, name)) for owner in owners]
    for owner, own in before:
        setattr(owner, name, change(own))
    try:
        yield
    finally:
        for owner, own in before:
            setattr(owner, name, own)


def module_of(kind: type) -> ModuleType:
    """The module of a class, whose functions it calls."""
    return sys.modules[kind.__module__]
