"""Which layer or operation of one model is which of another: by class and order, nested too."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from comparisons.harness.proof.calls import members
from reference_numpy.layers.layer import Layer
from reference_numpy.models.model import Model


@dataclass(frozen=True)
class Pair:
    """A layer of each model, or of one of them.

    Args:
        a, b: the layers; None where a model lacks it.
        where: its name after those of the models that it is in, by the model that has it first.
    """

    a: Layer | None
    b: Layer | None
    where: str

    @property
    def both(self) -> bool:
        """Whether both models have it."""
        return self.a is not None and self.b is not None


def pairs(a: Model, b: Model, within: str = "") -> Iterator[Pair]:
    """The layers and operations of both models in order; a nested model comes before its own."""
    mine, theirs = members(a), members(b)
    kinds = [[type(layer).__name__ for layer in layers] for layers in (mine, theirs)]
    blocks = SequenceMatcher(None, *kinds, autojunk=False).get_matching_blocks()
    twins = {mine[block.a + n]: theirs[block.b + n] for block in blocks for n in range(block.size)}
    # What stands elsewhere under the same name is the same.
    alone = {(layer.name, type(layer)): layer for layer in theirs if layer not in twins.values()}
    for layer in mine:
        if layer not in twins and (layer.name, type(layer)) in alone:
            twins[layer] = alone.pop((layer.name, type(layer)))
    for layer in mine:
        other = twins.get(layer)
        yield Pair(layer, other, within + layer.name)
        if isinstance(layer, Model) and other is not None:
            yield from pairs(layer, other, f"{within}{layer.name}/")
    yield from (Pair(None, layer, within + layer.name) for layer in alone.values())


def sources(model: Model) -> dict[Layer, list[list]]:
    """For each layer, call by call, what its inputs come from: a layer, or the input's number.

    The model itself stands for what its outputs come from.
    """
    graph, made = model.graph, {}
    made.update({place: number for number, place in enumerate(graph.inputs)})
    found = {}
    for call in graph.calls:
        found.setdefault(call.layer, []).append([made[place] for place in call.inputs])
        made.update(dict.fromkeys(call.outputs, call.layer))
    found[model] = [[made[place] for place in graph.outputs]]
    return found
