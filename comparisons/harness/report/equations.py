"""Equations: LaTeX as MathML, which browsers show without any script."""

import re

import latex2mathml.converter
from markupsafe import Markup

_UPRIGHT = re.compile(r'(?:<mi mathvariant="normal">[^<]</mi>){2,}')
_TAG = re.compile(r"<[^>]+>")


def mathml(latex: str) -> Markup:
    """The equation as a block of MathML."""
    found = latex2mathml.converter.convert(latex, display="block")
    # A word is one identifier, not one for each letter; the converter takes "~" for a letter.
    found = _UPRIGHT.sub(lambda word: f"<mi>{_TAG.sub('', word.group())}</mi>", found)
    return Markup(found.replace("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>"))
