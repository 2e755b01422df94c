"""The differences in a terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from comparisons.harness.report.formats import digits

if TYPE_CHECKING:
    from comparisons.harness.diff.differences import Change, Differences, Moved

NONE = "–"


def lines(found: "Differences") -> list[str]:
    """What differs, line by line."""
    a, b = names = [Path(model["file"]).name for model in found.models]
    if a == b:
        a, b = names = [model["file"] for model in found.models]
    verdict = f"{a} and {b} are the same" if found.same else f"{a} and {b} differ"
    told = [
        verdict,
        *(
            f"  {name}: {_origin(model)}, {model['parameters']:,} parameters"
            for name, model in zip(names, found.models, strict=True)
        ),
        *(f"  {name}: {how}" for name, how in found.own.items()),
    ]
    told += _table("architecture", ["", "", a, b], map(_change, found.architecture))
    told += _table("names", ["", "", a, b], map(_change, found.names))
    numbers = ["", "", "largest difference", "relative"]
    told += _table("weights", numbers, map(_numbers, found.weights))
    told += _table("compiled", ["", "", a, b], map(_change, found.compiled))
    told += _table("optimizer's state", numbers, map(_numbers, found.optimizer))
    told += _table("outputs on the same inputs", numbers, map(_numbers, found.outputs))
    if found.same_outputs:
        told += ["", "the outputs on the same inputs are equal"]
    if found.first:
        told.append(f"  the first layer whose output differs is {found.first}")
    if found.not_compared:
        told += ["", f"outputs were not compared: {found.not_compared}"]
    return told


def _origin(model: dict) -> str:
    if model["keras_version"] is None:
        return "weights alone"
    return f"Keras {model['keras_version']}, saved {model['date_saved']}"


def _table(title: str, head: list[str], rows) -> list[str]:
    rows = list(rows)
    if not rows:
        return []
    cells = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["", title] + ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]


def _change(change: "Change") -> list[str]:
    return [change.where or "model", change.what, _value(change.a), _value(change.b)]


def _value(value) -> str:
    if isinstance(value, float) and float(np.float32(value)) == value:
        return str(np.float32(value))  # 0.1, not all digits that float32's has
    return NONE if value is None else str(value)


def _numbers(moved: "Moved") -> list[str]:
    return [moved.where, moved.what, digits(moved.largest), digits(moved.relative)]
