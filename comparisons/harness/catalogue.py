"""The concepts that there are, found by file: a script here, and a half in each of two trees.

A shell that completes a name waits for this file: what takes long is imported where it is needed.
"""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import comparisons
from comparisons.harness import declarations, places

if TYPE_CHECKING:
    from comparisons.harness.concept import Concept, Settings


def names() -> list[str]:
    """Names of all concepts: the scripts in `comparisons/`, in the order of books and chapters."""
    return in_order(script_names())


def in_order(names: Iterable[str]) -> list[str]:
    """These concepts in the order of books and chapters; no other is imported."""

    def place(name):
        chapter = load(name).chapter
        return chapter.book, chapter.place, name

    return sorted(names, key=place)


def script_names() -> list[str]:
    """Names of the scripts, in the order of the alphabet; none of them is imported."""
    found = (m.name for m in pkgutil.iter_modules(comparisons.__path__) if not m.ispkg)
    return sorted(name for name in found if name != "__main__")


def load(name: str) -> "Concept":
    """The concept called `name`. Raises ValueError for an unknown name, or a broken script."""
    from comparisons.harness.concept import Concept

    if name not in script_names():
        known = ", ".join(script_names())
        raise ValueError(f"Unknown concept '{name}'. Expected one of {known}.")
    try:
        concept = importlib.import_module(f"comparisons.{name}").CONCEPT
        declarations.look_over(concept, Concept)
        if concept.task:
            declarations.look_over_task(concept.task)
    except Exception as error:
        raise ValueError(told(name, error)) from error
    return concept


def told(name: str, error: Exception, field: str = "") -> str:
    """What went wrong in a concept, in one line: the file, the script's field, the error."""
    place = places.of(error) or str(sources(name)["script"])
    words = " ".join(str(error).split())
    return ": ".join(filter(None, (place, field, type(error).__name__, words)))


def declared(name: str, settings: "Settings") -> "Concept":
    """The concept as the settings make it: its models of the preset, for the person's table."""
    concept = load(name)
    if settings.table:
        concept = concept.on_table(settings.table)
    if concept.task:
        concept = replace(concept, task=concept.task.built_as(settings))
    return concept


def reference_half(name: str) -> ModuleType:
    """The module of the concept's NumPy half."""
    return importlib.import_module(f"reference_numpy.concepts.{name}")


def keras_half(name: str) -> ModuleType:
    """The module of the concept's Keras half."""
    return importlib.import_module(f"keras_models.{name}")


def sources(name: str) -> dict[str, Path]:
    """The concept's three files, found without importing them."""
    package = Path(comparisons.__file__).parents[1]
    return {
        "numpy": package / "reference_numpy" / "concepts" / f"{name}.py",
        "keras": package / "keras_models" / f"{name}.py",
        "script": package / "comparisons" / f"{name}.py",
    }
