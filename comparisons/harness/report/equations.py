"""Equations: LaTeX as MathML, which browsers show without any script."""

import re

import latex2mathml.converter
from markupsafe import Markup

_UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">[^<]</mi>){2,}')
_TAG = re.compile(r"<[^>]+>")
_TOKEN = re.compile(r"\\begin\{|\\end\{|\\quad|\\.|[{}]|[^\\{}]+")
DEEPER = {"{": 1, "}": -1, r"\begin{": 2, r"\end{": 0}  # \begin{cases} has braces of its own


def mathml(latex: str) -> Markup:
    """The equation as a block of MathML."""
    found = latex2mathml.converter.convert(latex, display="block")
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
