"""Where results are to be written, looked over: rather refused before the work than after it."""

import errno
import os
from pathlib import Path


def folder(path: Path | None) -> Path | None:
    """The path itself; nothing is made.

    Raises:
        OSError: no folder can stand there, or none may be written to; it names what is in the way.
    """
    if path is None:
        return None
    there = next(part for part in (path, *path.absolute().parents) if part.exists())
    if not there.is_dir():
        raise _refused(errno.ENOTDIR, there)
    if not os.access(there, os.W_OK):
        raise _refused(errno.EACCES, there)
    return path


def file(path: Path | None) -> Path | None:
    """The path itself; nothing is made. Raises OSError where no file can be written there."""
    if path is None:
        return None
    if path.is_dir():
        raise _refused(errno.EISDIR, path)
    folder(path.parent)
    return path


def _refused(code: int, path: Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))
