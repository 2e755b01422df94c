"""A process that runs reproductions on one backend, as they would be run by hand.

They come as a list of scripts on standard input; what came of each is a line on standard output.
"""

import json
import sys
import traceback

from comparisons.harness.divergences.outcomes import CANNOT_RUN, MENDED, STANDS

NAME = "<reproduction>"


def what_comes_of(code: str) -> tuple[str, str]:
    """What a script shows, and why where it does not stand."""
    try:
        exec(compile(code, NAME, "exec"), {"__name__": "__main__"})
    except AssertionError as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        if frame.filename == NAME:
            return MENDED, f"`{code.splitlines()[frame.lineno - 1].strip()}` does not hold"
        return CANNOT_RUN, _told(error)
    except Exception as error:
        return CANNOT_RUN, _told(error)
    return STANDS, ""


def _told(error: Exception) -> str:
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def main() -> None:
    """Run what comes in."""
    answers, sys.stdout = sys.stdout, sys.stderr
    for code in json.load(sys.stdin):
        print(json.dumps(what_comes_of(code)), file=answers, flush=True)
        if keras := sys.modules.get("keras"):
            keras.config.set_floatx("float32")
            keras.config.set_dtype_policy("float32")  # Keras keeps the first floatx that it needs
            keras.utils.clear_session()


if __name__ == "__main__":
    main()
