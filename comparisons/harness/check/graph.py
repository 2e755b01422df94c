"""What feeds what in a model, layer by layer, and where it is drawn."""

from collections.abc import Generator
from dataclasses import dataclass
from itertools import count

from comparisons.harness.check.questions import names_of
from reference_numpy.models.model import Model

# In pixels: the height of a layer, the width of its name, of a backend's mark, and of a line that
# passes layers by.
ROW, NAME, MARK, LANE = 30, 250, 84, 9


def feeding(model: Model) -> dict[tuple[int, ...], list[str]]:
    """For each layer, nested ones by their places, the names of the layers and inputs it takes.

    An operation between layers hands on what it takes itself.
    """
    found = {}
    for path, names in _walk(model, model, (), [[name] for name in model.input_names]):
        found.setdefault(path, {}).update(dict.fromkeys(names))  # once each, of all its calls
    return {path: list(names) for path, names in found.items()}


def _walk(
    top: Model, model: Model, path: tuple[int, ...], given: list[list[str]]
) -> Generator[tuple[tuple[int, ...], list[str]], None, list[list[str]]]:
    """`(place, what it takes)` of each call; returned is what each output is made of."""
    places = {layer: (*path, number) for number, layer in enumerate(model.layers)}
    made = dict(zip(model.graph.inputs, given))
    for call in model.graph.calls:
        taken = [made[place] for place in call.inputs]
        if isinstance(call.layer, Model):
            outputs = yield from _walk(top, call.layer, places[call.layer], taken)
        else:
            outputs = [[name for names in taken for name in names]] * len(call.outputs)
            if call.layer in places:
                yield places[call.layer], outputs[0]
                outputs = [[names_of(top, places[call.layer])]] * len(call.outputs)
        made.update(zip(call.outputs, outputs))
    return [made[place] for place in model.graph.outputs]


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


@dataclass(frozen=True)
class Drawing:
    """A model's layers one below the other, with the inputs at the top.

    Args:
        names: the inputs and layers.
        lines: between them.
    """

    names: list[str]
    lines: list[Line]

    @property
    def left(self) -> int:
        """Where the names begin."""
        return LANE * (max((line.lane for line in self.lines), default=0) + 1)


def draw(sources: dict[str, list[str]]) -> Drawing:
    """Lay out layers, given in their order with what each takes.

    Lines at the side that would run over each other get lanes of their own.
    """
    inputs = {name: None for names in sources.values() for name in names if name not in sources}
    names = [*inputs, *sources]
    places = {name: number for number, name in enumerate(names)}
    pairs = [(places[s], places[name]) for name, taken in sources.items() for s in taken]
    lines, lanes = [], {}
    for start, end in sorted(pairs, key=lambda pair: (abs(pair[1] - pair[0]), pair)):
        top, bottom, lane = min(start, end), max(start, end), 0
        if end != start + 1:
            for lane in count(1):
                if all(bottom <= a or b <= top for a, b in lanes.get(lane, [])):
                    break
            lanes.setdefault(lane, []).append((top, bottom))
        lines.append(Line(start, end, lane))
    return Drawing(names, lines)
