"""The command line: `sidebyside list`, `run`, `table`, `predict`, `report`, `check`, `conformance`,
`bench`, `race`, `divergences` and `diff`.

Exit status 0: all checks hold; 1: a check or a job failed, or a model is not what it should be; 2:
it could not run; 130 or 143: it was interrupted. What takes long to import is imported by the
command that needs it.
"""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TextIO

import typer

from comparisons.harness.cli import concepts, models  # in this order `--help` shows the commands
from comparisons.harness.cli.app import COULD_NOT_RUN, HOLDS, app
from comparisons.harness.runs import interruption

__all__ = ["app", "concepts", "main", "models", "run_script"]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line; every plain mistake is one line on standard error and status 2."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        _take_every_text(stream)
    with interruption.ends_at_once(), warnings.catch_warnings():
        warnings.showwarning = _in_one_line(set())
        try:
            status = app(arguments or ["--help"], prog_name="sidebyside", standalone_mode=False)
        except typer.exceptions.TyperException as error:
            _stop(error.format_message().replace("Value error, ", ""))  # pydantic's words
        except ValueError as error:
            _stop(str(error))
        except OSError as error:
            _stop(f"{error.filename or 'output'}: {error.strerror or error}")
    sys.exit(status or HOLDS)


def run_script(file: str) -> NoReturn:
    """What `python -m comparisons.NAME` does: `sidebyside run NAME` with the same options."""
    main(["run", Path(file).stem, *sys.argv[1:]])


def _take_every_text(stream: TextIO) -> None:
    """Let a stream write what its encoding lacks in plain signs: a terminal may lack Japanese."""
    errors = "replace"
    if not stream.encoding.lower().startswith("utf"):
        from reference_numpy.console import PLAIN as errors
    stream.reconfigure(errors=errors)


def _in_one_line(told: set[str]) -> Callable[..., None]:
    """What shows a warning: once, and without the line of code that it comes from."""

    def show(message: Warning | str, *where: object, **options: object) -> None:
        if (text := " ".join(str(message).split())) not in told:
            told.add(text)
            print(f"sidebyside: {text}", file=sys.stderr)

    return show


def _stop(message: str) -> NoReturn:
    print(f"sidebyside: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(COULD_NOT_RUN)
