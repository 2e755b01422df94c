"""A model made of symbolic tensors: any graph of layers."""

from reference_numpy import tree
from reference_numpy.annotations import Config, Structure
from reference_numpy.layers.core import Input, InputLayer
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.models.functional_config import build_graph, graph_config
from reference_numpy.models.graph import Graph
from reference_numpy.models.model import Model
from reference_numpy.models.topology import walk_back
from reference_numpy.operations import Operation


class Functional(Model):
    """What `Model(inputs, outputs)` makes; see there.

    Inputs that are no `Input` but come from within another graph get inputs of their own; the
    layers behind them are shared with that graph.
    """

    registered_name = "Functional"

    def __init__(
        self,
        inputs: Structure,
        outputs: Structure,
        name: str | None = None,
        trainable: bool | None = None,
    ):
        super().__init__(name=name)
        for kind, structure in (("inputs", inputs), ("outputs", outputs)):
            leaves = tree.flatten(structure)
            others = [type(leaf).__name__ for leaf in leaves if not isinstance(leaf, KerasTensor)]
            if others or not leaves:
                received = f"a value of type {others[0]}" if others else "none"
                raise ValueError(
                    f"All `{kind}` values must be symbolic tensors, at least one, such as "
                    f"`rn.Input(shape)` and what layers make of it. Received: {received}"
                )
        if not all(isinstance(t.node.layer, InputLayer) for t in tree.flatten(inputs)):
            inputs, outputs = _cut_out(inputs, outputs)
        self.input_structure, self.output_structure = inputs, outputs
        graph = Graph(tree.flatten(inputs), tree.flatten(outputs))
        self.graph, self.sublayers = graph, graph.layers
        self.built = True
        if trainable is not None:
            self._trainable = bool(trainable)  # the layers keep their own

    @property
    def operations(self):
        """The layers and the operations between them."""
        return list(self.sublayers)

    @property
    def layers(self):
        """The layers in the order of their weights, without the operations between them."""
        return [layer for layer in self.sublayers if not isinstance(layer, Operation)]

    def get_build_config(self):
        """Keras's entry for a model whose inputs say their shapes themselves."""
        return {"input_shape": None}

    def get_config(self) -> Config:
        """The layers, their calls and the model's ends, as Keras writes them."""
        graph = graph_config(self.graph, self.input_structure, self.output_structure, Functional)
        return {"name": self.name, "trainable": self.trainable, **graph}

    @classmethod
    def from_config(cls, config):
        """A model from what `get_config` gave; the weights are new.

        Raises:
            ValueError: for a graph that does not hold together.
        """
        inputs, outputs = build_graph(config, Functional)
        return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable"))


def _cut_out(inputs, outputs):
    """The graph between tensors that need not be `Input`s, called once more on new ones."""

    def begin(tensor):
        if isinstance(tensor.node.layer, InputLayer):
            return tensor
        name = f"{tensor.name}CLONE"
        return Input(batch_shape=tensor.shape, dtype=tensor.dtype, name=name)

    new = tree.map_structure(begin, inputs)
    return new, call_again(inputs, outputs, new)


def call_again(inputs, outputs, new_inputs, call=None):
    """The outputs of the graph between `inputs` and `outputs`, its layers called on `new_inputs`.

    Args:
        inputs, outputs: structures of symbolic tensors.
        new_inputs: other symbolic tensors in the structure of `inputs`.
        call: a function `(layer, *args, **kwargs)` that calls another layer in the place of this.
    """
    pairs = zip(tree.flatten(inputs), tree.flatten(new_inputs), strict=True)
    new = {id(old): fresh for old, fresh in pairs}

    def replace(leaf):
        return new.get(id(leaf), leaf)

    visited, _ = walk_back(tree.flatten(outputs), until=tree.flatten(inputs))
    for node in visited:
        if not node.inputs:
            continue
        args, kwargs = tree.map_structure(replace, (tuple(node.args), dict(node.kwargs)))
        made = call(node.layer, *args, **kwargs) if call else node.layer(*args, **kwargs)
        pairs = zip(tree.flatten(node.outputs), tree.flatten(made), strict=True)
        new.update({id(old): fresh for old, fresh in pairs})
    return tree.map_structure(replace, outputs)
