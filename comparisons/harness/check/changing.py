"""Let the NumPy half compute otherwise for a moment."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def changed(name: str, owners: Iterable, change: Callable) -> Iterator[None]:
    """Let classes or modules have another function meanwhile, which `change` makes of theirs.

    What an owner inherits it inherits again afterwards.
    """
    before = [(owner, getattr(owner, name), name in vars(owner)) for owner in owners]
    for owner, own, _ in before:
        setattr(owner, name, change(own))
    try:
        yield
    finally:
        for owner, own, has_its_own in before:
            if has_its_own:
                setattr(owner, name, own)
            else:
                delattr(owner, name)


def module_of(kind: type) -> ModuleType:
    """The module of a class, whose functions it calls."""
    return sys.modules[kind.__module__]
