"""Where in a file the state of a model's parts stands: Keras's walk over the attributes.

A layer stands under the name of the attribute that holds it, in the layer that has the attribute;
one of a list under its class name, numbered where the list has several of that class: the second
Dense of a model is `layers/dense_1`, the first cell of a stack `layers/rnn/cell/cells/lstm_cell`.
A layer that several hold stands where the walk first comes by: by attributes in the order of
their names, private ones last.
"""

from reference_numpy import registration
from reference_numpy.layers.layer import Layer
from reference_numpy.models.model import Model
from reference_numpy.serialization import snake_case

#: the layers that Keras offers under another name than the one they have within, which files use
_INNER_NAMES = {"GroupQueryAttention": "GroupedQueryAttention"}
_SKIPPED = frozenset(dir(Layer())) | {"sublayers"}


def places(model):
    """Pairs `(place, layer)` of a model (place "") and all layers in it, each once."""
    return all_places(model)[0]


def all_places(model):
    """Those pairs; and those of layers that have a place already, where a file has no weights."""
    visited, found, again = set(), [], []

    def visit(layer, place):
        if id(layer) in visited:
            again.append((place, layer))
            return
        visited.add(id(layer))
        found.append((place, layer))
        prefix = f"{place}/" if place else ""
        if isinstance(layer, Model):
            visit_list(layer.layers, f"{prefix}layers")
            return
        names = [name for name in dir(layer) if not name.startswith("__") and name not in _SKIPPED]
        for name in sorted(names, key=lambda name: (name.startswith("_"), name)):
            value = getattr(layer, name, None)
            if isinstance(value, Layer):
                visit(value, f"{prefix}{name}")
            elif isinstance(value, (list, tuple)):
                visit_list(value, f"{prefix}{name}")
            elif isinstance(value, dict):
                visit_list(value.values(), f"{prefix}{name}")

    def visit_list(items, place):
        counts = {}
        for item in items:
            if isinstance(item, Layer):
                name = registration.class_name(type(item))
                name = snake_case(_INNER_NAMES.get(name, name))
                count = counts[name] = counts.get(name, -1) + 1
                visit(item, f"{place}/{name}_{count}" if count else f"{place}/{name}")

    visit(model, "")
    _check_complete(model, visited)
    return found, again


def _check_complete(layer, visited):
    for part in layer.sublayers:
        if id(part) not in visited and part.weights:
            raise ValueError(
                f"Layer '{layer.name}' has the part '{part.name}' in no attribute of its own, so "
                "that it has no place in a file."
            )
        _check_complete(part, visited)


def own_arrays(layer):
    """The arrays that a layer itself keeps in a file, by name, in Keras's order."""
    if hasattr(layer, "save_own_variables"):
        store = {}
        layer.save_own_variables(store)
        return store
    return {str(index): array for index, array in enumerate(layer.stored_weights)}
