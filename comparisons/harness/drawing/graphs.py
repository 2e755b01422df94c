"""Computational graphs: nodes joined by arrows, with what flows along each of them.

>>> graphs.graph(
...     {"a": ("2", "∂ 3"), "b": ("3", "∂ 2"), "y": ("6", "∂ 1")},
...     nodes={"a": (0, 0, "a"), "b": (0, 1, "b"), "times": (1, 0.5, "×"), "y": (2, 0.5, "y")},
...     arrows={"a": ("a", "times"), "b": ("b", "times"), "y": ("times", "y")},
... )
"""

import altair as alt
import numpy as np
import pandas as pd

from comparisons.harness.bilingual import SEPARATOR
from comparisons.harness.drawing import figure_parts as parts
from comparisons.harness.drawing import palette

COLUMN, ROW, BESIDE = 118, 68, 84  # pixels; the last for the names beside the graph
LETTER, GAP = 3.3, 10  # half of a letter's width, and from an arrow to its text
PLACE = 0.4  # of the text along an arrow that slopes: where such arrows meet there is little room
LINE = palette.BASELINE_COLOR
TEXTS = {
    "node": {},
    "start": {"align": "right", "dx": -6},
    "end": {"align": "left", "dx": 6},
    "above": {},
    "below": {"fontWeight": "bold"},
}


def graph(data: dict, nodes: dict, arrows: dict):
    """A graph with a text above and one below each arrow; `figures.slider` shows several in turn.

    Args:
        data: `(above, below)` by arrow, or such dictionaries by choice; an arrow with neither text
            is drawn faintly.
        nodes: `(column, row, text)` by node; one that arrows lead to and from has a circle.
        arrows: `(from, to)` by arrow, from left to right.
    """
    starts, ends = (set(side) for side in zip(*arrows.values()))
    kinds = {n: "node" if n in starts & ends else "start" if n in starts else "end" for n in nodes}
    places = {
        name: np.array([BESIDE + column * COLUMN, (row + 0.5) * ROW])
        for name, (column, row, _) in nodes.items()
    }
    longest = max(len(nodes[name][2]) for name, kind in kinds.items() if kind == "node")
    radius = max(15, 5 + LETTER * longest)
    rows, seen = [], set()
    for choice, name, texts in parts.named(data):
        if choice not in seen:
            seen.add(choice)
            for node, (x, y) in places.items():
                text = {"kind": kinds[node], "text": nodes[node][2]}
                rows.append({"choice": choice, "x": x, "y": y, **text})
        ends_of_arrow = [(places[node], kinds[node]) for node in arrows[name]]
        rows += [{"choice": choice, **row} for row in _arrow(*ends_of_arrow, texts, radius)]
    table = pd.DataFrame(rows).dropna(axis="columns", how="all")
    width, height = np.max(list(places.values()), axis=0) + (BESIDE, ROW / 2)
    x = alt.X("x:Q").scale(domain=[0, width], nice=False).axis(None)
    y = alt.Y("y:Q").scale(domain=[height, 0], nice=False).axis(None)

    def of(kind):
        return alt.Chart().transform_filter(f"datum.kind === '{kind}'").encode(x=x, y=y)

    shown = alt.condition("datum.faint", alt.value(0.3), alt.value(1))
    head = of("head").mark_point(shape="triangle-right", size=60, filled=True, color=LINE)
    chart = alt.layer(
        of("arrow").mark_rule(color=LINE).encode(x2="x2:Q", y2="y2:Q", opacity=shown),
        head.encode(angle=alt.Angle("angle:Q").scale(None), opacity=shown),
        of("node").mark_point(size=(2 * radius) ** 2, stroke=LINE, opacity=1),
        *(of(kind).mark_text(**look).encode(text="text:N") for kind, look in TEXTS.items()),
        data=table,
    )
    # Said aloud, this keeps the page from giving the drawing another shape.
    return chart.properties(width=width, height=height, autosize="pad")


def _arrow(start: tuple, end: tuple, texts: tuple[str, str], radius: float) -> list[dict]:
    """The rows of an arrow from circle to circle, and of its texts."""
    (start, first), (end, last) = start, end
    along = (end - start) / np.linalg.norm(end - start)
    x, y = start + (first == "node") * radius * along
    x2, y2 = end - (last == "node") * (radius + 4) * along
    look = {"faint": not any(texts), "angle": np.degrees(np.arctan2(along[1], along[0]))}
    found = [
        {"kind": "arrow", "x": x, "y": y, "x2": x2, "y2": y2, **look},
        {"kind": "head", "x": x2, "y": y2, **look},
    ]
    for text, kind, side in zip(texts, ("above", "below"), (-1, 1)):
        # The steeper the arrow, the farther the text has to keep away from it.
        away = GAP + LETTER * len(text.partition(SEPARATOR)[0]) * abs(along[1] / along[0])
        share = PLACE if along[1] else 0.5
        place = {"x": x + share * (x2 - x), "y": y + share * (y2 - y) + side * away}
        found.append({"kind": kind, "text": text, **place})
    return found
