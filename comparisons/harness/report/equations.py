"""Equations: LaTeX as MathML, which browsers show without any script."""

import re

import latex2mathml.converter
from markupsafe import Markup

from comparisons.harness import catalogue
from comparisons.harness.concept import Concept

_UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">[^<]</mi>){2,}')
_UNKNOWN = re.compile(r"<m[io]>(\\\w+)</m[io]>")
_TAG = re.compile(r"<[^>]+>")
_TOKEN = re.compile(r"\\begin\{|\\end\{|\\quad|\\.|[{}]|[^\\{}]+")
DEEPER = {"{": 1, "}": -1, r"\begin{": 2, r"\end{": 0}  # \begin{cases} has braces of its own


def look_over(name: str, concept: Concept) -> None:
    """Raises ValueError, with file and field, for the first equation that cannot be shown."""
    said = [("Introduced.equation", thing.equation) for thing in concept.introduces]
    for field, latex in said + [("Concept.equations", latex) for latex, _ in concept.equations]:
        try:
            mathml(latex)
        except ValueError as error:
            raise ValueError(catalogue.told(name, error, field)) from error


def mathml(latex: str) -> Markup:
    """The equation as a block of MathML. Raises ValueError for what is no equation in LaTeX."""
    try:
        found = latex2mathml.converter.convert(latex, display="block")
    except Exception as error:
        raise ValueError(f"{latex!r}: {type(error).__name__}") from error
    if unknown := _UNKNOWN.search(found):
        raise ValueError(f"{latex!r}: unknown command {unknown[1]}")
    if sum(DEEPER.get(token, 0) for token in _TOKEN.findall(latex)):
        raise ValueError(f"{latex!r}: a brace has no other that belongs to it")
    # A word is one identifier, not one for each letter; the converter takes "~" for a letter.
    found = _UPRIGHT.sub(lambda word: f"<mi>{_TAG.sub('', word.group())}</mi>", found)
    return Markup(found.replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>"))


def lines(latex: str) -> list[Markup]:
    """The equation with a line for each part between `\\quad`, so that it fits a column."""
    parts, depth = [""], 0
    for token in _TOKEN.findall(latex):
        depth += DEEPER.get(token, 0)
        if token == r"\quad" and depth == 0:
            parts.append("")
        else:
            parts[-1] += token
    return [mathml(part.strip().removesuffix(",")) for part in parts if part.strip(" ,")]
