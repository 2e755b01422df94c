"""Which concepts a person means: by name, or by the title or number of a chapter."""

import difflib
from collections.abc import Sequence

from comparisons.harness import catalogue, chapters


def concepts(words: Sequence[str]) -> list[str]:
    """Names of the concepts, each once, in the order asked for.

    Args:
        words: names of concepts, and titles and numbers of chapters. The words of a title may be
            apart.

    Raises:
        ValueError: nothing is called so.
    """
    if set(words) <= set(catalogue.script_names()):
        return list(dict.fromkeys(words))
    chapters_by_title = _chapters()
    found, rest = [], list(words)
    while rest:
        lengths = range(len(rest), 0, -1)
        meant = ((n, _meant(" ".join(rest[:n]), chapters_by_title)) for n in lengths)
        length, names = next(filter(lambda match: match[1], meant), (0, []))
        if not names:
            raise ValueError(_unknown(rest[0], chapters_by_title))
        found += names
        rest = rest[length:]
    return list(dict.fromkeys(found))


def _chapters() -> dict[str, list[str]]:
    """The concepts of each chapter, by its titles; in the catalogue also by numbers."""
    found = {}
    for name in catalogue.names():
        chapter = catalogue.load(name).chapter
        called = {title.casefold() for title in chapter.title}
        if chapter.book == chapters.CATALOGUE:
            parts = chapter.number.split(".")
            called |= {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        for title in called:
            found.setdefault(title, []).append(name)
    return found


def _meant(text: str, chapters_by_title: dict[str, list[str]]) -> list[str]:
    """A concept's name as it is written, or a chapter however it is written."""
    if text in catalogue.script_names():
        return [text]
    return chapters_by_title.get(text.casefold(), [])


def _unknown(word: str, chapters_by_title: dict[str, list[str]]) -> str:
    known = [*catalogue.script_names(), *chapters_by_title]
    close = difflib.get_close_matches(word.casefold(), known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else "`sidebyside list` shows what there is"
    return f"Unknown concept or chapter '{word}'; {hint}"
