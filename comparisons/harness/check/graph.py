"""What feeds what in a model, layer by layer."""

from collections.abc import Generator

from comparisons.harness.check.questions import names_of
from comparisons.harness.proof.calls import members
from reference_numpy.models.model import Model

# In pixels: the width of a layer's name, and of a backend's mark.
NAME, MARK = 250, 84


def feeding(model: Model) -> dict[tuple[int, ...], list[str]]:
    """For each layer and operation, by its place, the names of those and of inputs it takes."""
    found = {}
    for path, names in _walk(model, model, (), [[name] for name in model.input_names]):
        found.setdefault(path, {}).update(dict.fromkeys(names))  # once each, of all its calls
    return {path: list(names) for path, names in found.items()}


def _walk(
    top: Model, model: Model, path: tuple[int, ...], given: list[list[str]]
) -> Generator[tuple[tuple[int, ...], list[str]], None, list[list[str]]]:
    """`(place, what it takes)` of each call; returned is what each output is made of."""
    places = {layer: (*path, number) for number, layer in enumerate(members(model))}
    made = dict(zip(model.graph.inputs, given))
    for call in model.graph.calls:
        taken = [made[place] for place in call.inputs]
        if isinstance(call.layer, Model):
            outputs = yield from _walk(top, call.layer, places[call.layer], taken)
        else:
            yield places[call.layer], [name for names in taken for name in names]
            outputs = [[names_of(top, places[call.layer])]] * len(call.outputs)
        made.update(zip(call.outputs, outputs))
    return [made[place] for place in model.graph.outputs]
