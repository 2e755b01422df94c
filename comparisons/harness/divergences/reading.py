"""Read the files of divergences."""

import difflib
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

from comparisons.harness.divergences.divergence import DOCUMENT, Divergence, Place, Shows

FOLDER = Path(__file__).parent / "known"


def read(path: Path) -> Divergence:
    """The divergence of a file.

    Raises:
        ValueError: it is no TOML, or a key is unknown or missing.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        if shows := content.get("shows"):
            places = tuple(_make(Place, place) for place in shows.get("where", ()))
            content["shows"] = _make(Shows, {**shows, "where": places})
        return _make(Divergence, {**content, "name": path.stem})
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _make(kind: type, content: dict):
    known = {one.name: one for one in fields(kind)}
    if unknown := content.keys() - known:
        raise ValueError(f"unknown key '{min(unknown)}'; known are {', '.join(known)}")
    for name, one in known.items():
        if name not in content and one.default is one.default_factory is MISSING:
            raise ValueError(f"the key '{name}' is missing")
    lists = {name: tuple(value) for name, value in content.items() if isinstance(value, list)}
    return kind(**{**content, **lists})


DIVERGENCES = {path.stem: read(path) for path in sorted(FOLDER.glob("*.toml"))}


def seen_on(backend: str, name: str) -> Divergence | None:
    """The divergence of that name, if there is a name and it shows on that backend."""
    known = named(name) if name else None
    return known if known and backend in known.seen else None


def named(name: str) -> Divergence:
    """The divergence of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in DIVERGENCES:
        close = sorted(known for known in DIVERGENCES if name and name.casefold() in known)[:3]
        close = close or difflib.get_close_matches(name, DIVERGENCES, n=1)
        meant = " or ".join(f"'{known}'" for known in close)
        hint = f"did you mean {meant}?" if close else f"{DOCUMENT} has all there are"
        raise ValueError(f"No divergence '{name}'; {hint}")
    return DIVERGENCES[name]
