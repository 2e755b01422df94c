"""Printing, also where the output has no sign for a character, as a file has none on Windows."""

import sys

#: what lines and corners of tables and bars become there
PLAIN = str.maketrans("━─┃│┏┳┓┡╇┩├┼┤└┴┘", "=-||++++++++++++")


def say(text: str, end: str = "\n") -> None:
    """Print a text; a character that the output's encoding lacks becomes a plain one, or `?`."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    print(text, end=end)
