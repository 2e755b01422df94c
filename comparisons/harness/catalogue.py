"""The concepts that there are, found by file: a script here, and a half in each of two trees."""

import importlib
import pkgutil
import traceback
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import ModuleType

import comparisons
from comparisons.harness.bilingual import Words
from comparisons.harness.chapters import Chapter
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


def load(name: str) -> Concept:
    """The concept called `name`. Raises ValueError for an unknown name, or a broken script."""
    if name not in script_names():
        known = ", ".join(script_names())
        raise ValueError(f"Unknown concept '{name}'. Expected one of {known}.")
    try:
        concept = importlib.import_module(f"comparisons.{name}").CONCEPT
        if not isinstance(concept.chapter, Chapter):
            raise TypeError(f"Concept.chapter: expected a Chapter, got {concept.chapter!r}")
        _check_words(concept)
    except Exception as error:
        path = sources(name)["script"]
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f", line {f.lineno}" for f in reversed(frames) if f.filename == str(path)), "")
        raise ValueError(f"{path}{line}: {type(error).__name__}: {error}") from error
    return concept


def _check_words(part: object) -> None:
    """Raise TypeError for a text of what is declared that is no pair: English, Japanese."""
    for field in fields(part):
        value = getattr(part, field.name)
        if field.type == Words and (isinstance(value, str) or len(value) != 2):
            where = f"{type(part).__name__}.{field.name}"
            raise TypeError(f"{where}: expected a pair, English and Japanese, got {value!r}")
        for inner in value if isinstance(value, tuple) else (value,):
            if is_dataclass(inner) and not isinstance(inner, type):
                _check_words(inner)


def declared(name: str, settings: Settings) -> Concept:
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
