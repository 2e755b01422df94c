"""Printing, also where the output has no sign for a character, as a file has none on Windows."""

import codecs
import sys

#: how a stream that is to take every text treats what its encoding lacks: `errors=PLAIN`
PLAIN = "plain"
SUPERSCRIPTS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
#: what becomes of the lines and corners of tables and bars, and of the signs of numbers
SIGNS = dict(zip("━─┃│┏┳┓┡╇┩├┼┤└┴┘" + SUPERSCRIPTS, "=-||++++++++++++" + "-0123456789"))
SIGNS |= {"−": "-", "–": "-", "·": "-", "×": "x", "±": "+-", "≈": "~", "→": "->", "…": "..."}


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Plain characters in place of the first that an encoding lacks: `?` where there is none."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    before, sign = error.object[: error.start][-1:], error.object[error.start]
    begins_power = sign in SUPERSCRIPTS and before not in tuple(SUPERSCRIPTS)
    return "^" * begins_power + SIGNS.get(sign, "?"), error.start + 1


codecs.register_error(PLAIN, _plain)


def printable(text: str) -> str:
    """The text, with a plain character for each that standard output's encoding lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, PLAIN).decode(encoding)


def say(text: str, end: str = "\n") -> None:
    """Print a text, whatever the output's encoding."""
    print(printable(text), end=end)
