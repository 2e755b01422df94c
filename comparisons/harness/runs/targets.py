"""Where results are to be written, looked over: rather refused before the work than after it."""

import errno
import os
import tempfile
from pathlib import Path


def folder(path: Path | None) -> Path | None:
    """The path itself; what is made to try is gone again.

    Raises:
        OSError: no folder can stand there, or nothing can be written to it; it names what is in the
            way.
    """
    if path is None:
        return None
    there = next(part for part in (path, *path.absolute().parents) if part.exists())
    if not there.is_dir():
        raise _refused(errno.ENOTDIR, there)
    try:  # root is allowed what a file system cannot do
        tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise OSError(error.errno, "nothing can be written there", str(there)) from None
    return path


def file(path: Path | None) -> Path | None:
    """The path itself; see `folder`. Raises OSError where no file can be written there."""
    if path is None:
        return None
    if path.is_dir():
        raise _refused(errno.EISDIR, path)
    if path.exists() and not path.is_file():  # which a file would take the place of
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    folder(path.parent)
    return path


def _refused(code: int, path: Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))
