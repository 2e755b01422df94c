"""The one exception that a file can cause."""

from typing import Any

#: a longer reason has its middle left out
LONGEST = 500


class ModelFileError(ValueError):
    """A file cannot be read as a model, in one line: the file, the place inside it, the reason.

    Args:
        path: the file.
        place: where in it, such as `"config.json: layers[2].config.activation"`; empty for the
            file as a whole.
        reason: what is wrong there.
    """

    def __init__(self, path: Any, place: str, reason: Any):
        self.path, self.place, self.reason = str(path), _one_line(place), _one_line(reason)
        super().__init__(": ".join(filter(None, (self.path, self.place, self.reason))))


def _one_line(text):
    """A text from a file made fit for a terminal: a line, not too long, nothing but letters."""
    text = " ".join(str(text).split())
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"
