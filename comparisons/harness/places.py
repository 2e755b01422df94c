"""Where in a concept's files an error arose."""

import traceback
from pathlib import Path

_HARNESS = Path(__file__).parent
_HOUSE = _HARNESS.parents[1]
ROOMS = (_HARNESS.parent, _HOUSE / "keras_models", _HOUSE / "reference_numpy" / "concepts")


def of(error: Exception) -> str:
    """The file and line, the innermost of a concept; `""` where the error arose in none."""
    frames = [*traceback.extract_tb(error.__traceback__)]
    if error.__cause__:
        frames += traceback.extract_tb(error.__cause__.__traceback__)
    for frame in reversed(frames):
        path = Path(frame.filename)
        if path.parent in ROOMS and not path.name.startswith("__"):
            return f"{path}, line {frame.lineno}"
    return ""
