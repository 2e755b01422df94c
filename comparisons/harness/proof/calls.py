"""The calls of a model's layers, walked in the order of its graph, nested models included."""

import inspect
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from comparisons.harness.proof.layer_checks import Reference
from reference_numpy import tree
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.models import watching
from reference_numpy.models.model import Model
from reference_numpy.operations import Operation


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer within a model.

    Args:
        path: where the layer is: its place among the model's layers and operations, and so on
            inside nested ones.
        layer: the layer; of an operation the model that `layer_at` gives.
        inputs: its arrays, the first argument's first.
        names: names of the arguments after the first that hold arrays.
        options: the other arguments.
        number: which call of the layer it is, from 1.
        outputs: what the layer gave.
    """

    path: tuple[int, ...]
    layer: Layer
    inputs: list
    names: tuple[str, ...]
    options: dict
    number: int
    outputs: object

    @property
    def what(self) -> str:
        """The layer by its place and class, and the call where there are several."""
        place = ".".join(str(index + 1) for index in self.path)
        again = f", call {self.number}" if self.number > 1 else ""
        return f"layer {place}, {type(self.layer).__name__}{again}"

    def reference(self, layer: Layer, dtype: str) -> "CallReference":
        """The same call of `layer`, ready to be repeated with changed numbers."""
        return CallReference(layer, _cast(self.inputs, dtype), self.options, self.names)


class CallReference(Reference):
    """A `Reference` whose inputs are a list: the first argument, then those that have names."""

    def __init__(self, layer: Layer, inputs: list, options: dict, names: tuple[str, ...]):
        self.argument_names = names
        super().__init__(layer, inputs, options)

    def call(self, function, inputs):
        """`function` with the first argument by position, the others by name."""
        first, *others = inputs
        return function(first, **dict(zip(self.argument_names, others)), **self.options)

    def input_gradients(self, dx):
        """The inputs' gradients as a list like the inputs."""
        if not self.argument_names:
            return [dx]
        first = next(iter(inspect.signature(self.layer.forward).parameters))
        return [dx[name] for name in (first, *self.argument_names)]


def layer_calls(model: Model, inputs) -> list[LayerCall]:
    """Every call of a layer when the model computes these inputs, in inference mode."""
    with watched(model) as calls:
        model.forward(inputs)
    return calls


def holds_masks(options: dict) -> bool:
    """Whether a call is given masks: the arrays among the options, since floats are inputs."""
    return any(isinstance(leaf, np.ndarray) for leaf in tree.flatten(list(options.values())))


def members(model) -> list:
    """The layers of a model of either half, and the operations between them."""
    return getattr(model, "operations", None) or model.layers


def member_at(model, path: tuple[int, ...]):
    """The layer or operation of a model of either half that stands where `path` says."""
    for index in path:
        model = members(model)[index]
    return model


def layer_at(model, path: tuple[int, ...]):
    """The layer of a model of either half that stands where `path` says.

    An operation of the NumPy half is given as a model that is nothing else.
    """
    member = member_at(model, path)
    if not isinstance(member, Operation):
        return member
    tensors = {id(tensor): tensor for tensor in tree.flatten(member.input)}
    return Model(list(tensors.values()), member.output)


def leaves(model: Model, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple, Layer]]:
    """`(path, layer)` of every layer and operation, those within nested models included."""
    for index, member in enumerate(members(model)):
        if isinstance(member, Model):
            yield from leaves(member, (*path, index))
        else:
            yield (*path, index), member


def leaf_layers(model: Model) -> Iterator[tuple[tuple, Layer]]:
    """`(path, layer)` of every layer that is no model, those within nested models included."""
    return ((path, leaf) for path, leaf in leaves(model) if not isinstance(leaf, Operation))


def parts_of(layer: Layer) -> Iterator[Layer]:
    """The layer, and all that are within it."""
    yield layer
    for part in layer.sublayers:
        yield from parts_of(part)


@contextmanager
def watched(model: Model, jitter=lambda array: array, of=leaf_layers) -> Iterator[list[LayerCall]]:
    """A list that notes the calls of the model's layers meanwhile.

    What the layers give is passed through `jitter`.

    Args:
        of: `leaves` where operations are noted too.
    """
    found, counts, places = [], Counter(), {}
    for place, layer in of(model):
        places.setdefault(layer, place)

    def note(layer, args, kwargs, y, cache):
        y = tree.map_structure(jitter, y)
        if layer in places:  # else it is within one of them, or stands for one in training
            counts[layer] += 1
            call = _operation_call if isinstance(layer, Operation) else _call
            found.append(call(model, layer, places[layer], args, kwargs, counts[layer], y))
        return y, cache

    with watching.watched(note):
        yield found


def _operation_call(model, operation, path, args, kwargs, number, y) -> LayerCall:
    """The call with what is no array, as an axis, left to the model that the operation is."""
    node = operation.inbound_nodes[0]
    symbols = tree.flatten([list(node.args), node.kwargs])
    given = zip(symbols, tree.flatten([list(args), kwargs]), strict=True)
    arrays = {id(symbol): x for symbol, x in given if isinstance(symbol, KerasTensor)}
    inputs = [list(arrays.values())]
    return LayerCall(path, layer_at(model, path), inputs, (), {}, number, y)


def _call(model, layer, path, args, kwargs, number, y) -> LayerCall:
    given = inspect.signature(type(layer).forward).bind(layer, *args, **kwargs).arguments
    _, (_, first), *others = given.items()
    arrays = {name: value for name, value in others if _holds_floats(value)}
    options = {name: value for name, value in others if name not in arrays}
    inputs = [first, *arrays.values()]
    return LayerCall(path, layer, inputs, tuple(arrays), options, number, y)


def _holds_floats(value) -> bool:
    """Whether it is differentiated; a mask is not."""
    return any(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in tree.flatten(value))


def _cast(inputs, dtype):
    return tree.map_structure(
        lambda x: x.astype(dtype) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x,
        inputs,
    )
