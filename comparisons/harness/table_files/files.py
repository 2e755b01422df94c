"""The content of a file, or one line that says why there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST = 40  # letters of a field that a message shows


class DataError(ValueError):
    """A data file is missing, damaged or not what it should be; one line says what and where."""


@contextmanager
def whole(what: str) -> Iterator[None]:
    """Reading within this gives a DataError for what is damaged, whatever the reader raises."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"is a damaged {what}; save it anew") from error


def shown(text: str) -> str:
    """A field as a message shows it: on one line, and not all of a long one."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def read_bytes(path: Path) -> bytes:
    """The content of a regular file. Raises DataError where there is none."""
    try:
        if not path.exists():
            raise DataError(f"{path}: no such file")
        if not path.is_file():
            raise DataError(f"{path}: is {'a folder' if path.is_dir() else 'no regular file'}")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
