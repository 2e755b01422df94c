"""Where layers and the lines between them are drawn: one below the other."""

from dataclasses import dataclass
from itertools import count

#: pixels: the height of a layer, and the width of a line that passes layers by
ROW, LANE = 30, 9
DOWN, RIGHT = "m-3-5 3 5 3-5", "m-5-3 5 3-5 3"  # the heads of arrows


@dataclass(frozen=True)
class Line:
    """From a layer to one that it feeds: straight where they are neighbours, else at the side.

    Args:
        start, end: the numbers of the layers, from the top.
        lane: how far at the side, from 1; 0 for neighbours.
    """

    start: int
    end: int
    lane: int

    def path(self, left: int, row: int) -> str:
        """The line as a path of SVG, an arrow.

        Args:
            left: where the layers begin.
            row: the height above the first of them.
        """
        a, b = row + ROW * (self.start + 0.5), row + ROW * (self.end + 0.5)
        if not self.lane:
            return f"M{left + 14} {a + ROW / 2 - 4}V{b - ROW / 2 + 4}{DOWN}"
        return f"M{left} {a + 3}H{left - LANE * self.lane}V{b - 3}H{left}{RIGHT}"


@dataclass(frozen=True)
class Layout:
    """A model's layers one below the other, with the inputs at the top.

    Args:
        names: the inputs and layers.
        lines: between them.
    """

    names: list[str]
    lines: list[Line]

    @property
    def left(self) -> int:
        """Where the layers begin."""
        return LANE * (max((line.lane for line in self.lines), default=0) + 1)


def lay_out(sources: dict[str, list[str]]) -> Layout:
    """Lay out layers, given in their order with what each takes.

    Lines at the side that would run over each other get lanes of their own.
    """
    inputs = {name: None for names in sources.values() for name in names if name not in sources}
    names = [*inputs, *sources]
    places = {name: number for number, name in enumerate(names)}
    pairs = [(places[s], places[name]) for name, taken in sources.items() for s in taken]
    lines: list[Line] = []
    lanes: dict[int, list[tuple[int, int]]] = {}
    for start, end in sorted(pairs, key=lambda pair: (abs(pair[1] - pair[0]), pair)):
        top, bottom, lane = min(start, end), max(start, end), 0
        if end != start + 1:
            for lane in count(1):
                if all(bottom <= a or b <= top for a, b in lanes.get(lane, [])):
                    break
            lanes.setdefault(lane, []).append((top, bottom))
        lines.append(Line(start, end, lane))
    return Layout(names, lines)
