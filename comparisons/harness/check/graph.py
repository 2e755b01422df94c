"""What feeds what in a model, layer by layer."""

from collections.abc import Generator

from comparisons.harness.check.questions import names_of
from reference_numpy.models.model import Model

# In pixels: the width of a layer's name, and of a backend's mark.
NAME, MARK = 250, 84


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
