"""Text of a page in both languages: the page shows one, its script switches to the other."""

import re

from markupsafe import Markup, escape

from comparisons.harness.bilingual import LANGUAGES, Words
from comparisons.harness.phrases import PHRASES
from comparisons.harness.words import UNITS, WORDS

_CODE = re.compile(r"`([^`]+)`")
_TOGETHER = re.compile(r"(?<=\d) (?=[%±×])|(?<=±) (?=\d)")  # a number and what belongs to it
# The book that most readers come from: its volume, and the sections or the appendix.
_BOOK = re.compile(
    r"Saito, Deep Learning from Scratch( 2)?(?:, (\d[\d.-]*(?:, \d[\d.]*)*)|, appendix ([A-Z]))?"
)
_INDEX = re.compile(r"(.+?)(\[[\d, ]*\])")


def pair(text) -> Words:
    """Text in both languages; what is written once is the same in both."""
    return tuple(text) if isinstance(text, (list, tuple)) else (text, text)


def fill(template: Words, **values) -> Words:
    """Both halves with the values in place, each of which may be in both languages itself."""
    if not values:  # a concept's own text may have braces
        return template
    return tuple(
        half.format(**{key: pair(value)[place] for key, value in values.items()})
        for place, half in enumerate(template)
    )


def words(key: str, **values) -> Words:
    """The harness's words of that key as plain text."""
    return fill(WORDS[key], **values)


def say(text, **values) -> Markup:
    """Text as HTML in both languages, which may be HTML itself, and so may the values.

    What stands between backticks is code. No line breaks within `97.8 ± 0.3 %`.
    """
    # `Markup.format` escapes what is no HTML.
    halves = fill(tuple(_html(half) for half in pair(text)), **values)
    halves = tuple(Markup(_TOGETHER.sub("\N{NO-BREAK SPACE}", half)) for half in halves)
    if halves[0] == halves[1]:
        return halves[0]
    return Markup("").join(
        Markup('<span class="{0}" lang="{0}">{1}</span>').format(language, half)
        for language, half in zip(LANGUAGES, halves)
    )


def cited(source) -> Words:
    """Where a sentence is stated; Japanese names the book as it is called there."""
    english, japanese = pair(source)
    return english, _BOOK.sub(_as_in_japan, japanese)


def _as_in_japan(found: re.Match) -> str:
    second, sections, appendix = found.groups()
    volume = " ❷" if second else ""
    place = f"付録{appendix}" if appendix else ""
    place = f"{sections.replace(', ', '、')}節" if sections else place
    return f"斎藤『ゼロから作るDeep Learning{volume}』{place}"


def _html(text: str) -> Markup:
    if isinstance(text, Markup):
        return text
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def word(key: str, **values) -> Markup:
    """The harness's words of that key as HTML."""
    return say(WORDS[key], **values)


def attribute(name: str, text) -> Markup:
    """An attribute of an element in both languages; the script exchanges them."""
    return Markup('{0}="{1}" data-ja-{0}="{2}"').format(name, *pair(text))


def unit(name) -> Words:
    """A unit of a score or claim: a symbol, a word that the harness knows, or a pair."""
    return UNITS[name] if isinstance(name, str) and name in UNITS else pair(name)


def recorded(text: str) -> Words:
    """What a record says (a quantity, a reason), in both languages."""
    return text, _japanese(text)


def _japanese(text: str) -> str:
    indexed = _INDEX.fullmatch(text)
    if indexed:
        return _japanese(indexed[1]) + indexed[2]
    for english, japanese in PHRASES:
        found = re.fullmatch(english, text)
        if found:
            for place, part in enumerate(found.groups(), start=1):
                japanese = japanese.replace(f"\\{place}", _japanese(part))
            return japanese
    return text
