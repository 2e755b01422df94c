"""The config of a graph, in Keras's format, both ways.

    {"layers": [{…a layer's config…, "name": "dense", "inbound_nodes": [{"args": […],
     "kwargs": {…}}, …]}, …], "input_layers": …, "output_layers": …}

A tensor among the arguments is `["dense", 0, 0]`: the output 0 of the layer's call 0, calls
counted within this graph. The same triple stands in `input_layers` and `output_layers`; there, as
in Keras, the calls of a nested Functional model count from 1.
"""

from reference_numpy import tree
from reference_numpy.layers.core import InputLayer
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.serialization import deserialize, serialize


def layer_config(layer):
    """Keras's config of a layer, with the shapes that it was built for."""
    config, build_config = serialize(layer), layer.get_build_config()
    if build_config is not None and "build_config" not in config:
        config["build_config"] = serialize(build_config)
    return config


def graph_config(graph, input_structure, output_structure, functional_class):
    """The part of a Functional model's config that describes its graph.

    Args:
        graph: the graph.
        input_structure, output_structure: symbolic tensors.
        functional_class: the class of models whose calls count from 1.
    """
    own = set(graph.nodes)
    calls = {layer: [n for n in layer.inbound_nodes if n in own] for layer in graph.layers}

    def in_arguments(leaf):
        if isinstance(leaf, slice):
            ends = {"start": leaf.start, "stop": leaf.stop, "step": leaf.step}
            return {"class_name": "__slice__", "config": ends}
        if leaf is Ellipsis:
            return {"class_name": "__ellipsis__", "config": {}}
        if not isinstance(leaf, KerasTensor):
            return serialize(leaf)
        layer = leaf.node.layer
        history = [layer.name, calls[layer].index(leaf.node), leaf.index]
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": leaf.shape, "dtype": leaf.dtype, "keras_history": history},
        }

    def at_the_ends(tensor):
        layer = tensor.node.layer
        first = 1 if isinstance(layer, functional_class) else 0
        return [layer.name, first + calls[layer].index(tensor.node), tensor.index]

    layers = []
    for layer in graph.layers:
        nodes = [
            {
                "args": tree.map_structure(in_arguments, list(node.args)),
                "kwargs": tree.map_structure(in_arguments, node.kwargs),
            }
            for node in calls[layer]
            if node.inputs
        ]
        layers.append(layer_config(layer))
        layers[-1].update(name=layer.name, inbound_nodes=nodes)
    return {
        "layers": layers,
        "input_layers": tree.map_structure(at_the_ends, input_structure),
        "output_layers": tree.map_structure(at_the_ends, output_structure),
    }


def build_graph(config, functional_class):
    """`(inputs, outputs)` of the graph that a config describes: layers made, then called.

    Raises:
        ValueError: for calls that refer to layers, calls or outputs that do not exist, and for
            layers of one name.
    """
    builder = _Builder(config["layers"])

    def find(triple):
        name, call, index = triple
        first = 1 if isinstance(builder.layers.get(name), functional_class) else 0
        return builder.tensor(name, call - first, index)

    return (
        _map_triples(find, config["input_layers"]),
        _map_triples(find, config["output_layers"]),
    )


class _Builder:
    """Makes the layers of a graph and calls them.

    Args:
        entries: the layers' entries in the config.
    """

    def __init__(self, entries):
        self.layers, pending = {}, []
        for entry in entries:
            name = entry["name"]
            if name in self.layers:
                raise ValueError(f"The config has two layers of the name '{name}'.")
            self.layers[name] = deserialize(entry)
            if entry["inbound_nodes"]:
                pending.append((name, list(entry["inbound_nodes"])))
        # The calls made here, apart from those that a shared layer has in other graphs; an input
        # has been called when it was made.
        self.nodes = {
            name: layer.inbound_nodes[:1] if isinstance(layer, InputLayer) else []
            for name, layer in self.layers.items()
        }
        while pending:
            # A layer may be called on what one of its later calls has not made yet: each takes as
            # many of its calls, in order, as can be made now, and waits for the next round.
            waiting = [(name, rest) for name, nodes in pending if (rest := self._call(name, nodes))]
            if sum(len(rest) for _, rest in waiting) == sum(len(nodes) for _, nodes in pending):
                raise ValueError(
                    "The graph of the config has loops, or calls that refer to outputs which do "
                    f"not exist, at the layers {[name for name, _ in waiting]}."
                )
            pending = waiting

    def _call(self, name, entries):
        """Make the layer's calls in order as far as their arguments exist; returns the rest."""
        layer = self.layers[name]
        for number, entry in enumerate(entries):
            try:
                args = [self._argument(part) for part in entry["args"]]
                kwargs = {key: self._argument(part) for key, part in entry["kwargs"].items()}
            except IndexError:
                return entries[number:]
            layer(*args, **kwargs)
            self.nodes[name].append(layer.inbound_nodes[-1])
        return []

    def _argument(self, part):
        """An argument of a call, its tensors found. Raises IndexError while one is missing."""
        if isinstance(part, dict):
            if part.get("class_name") == "__keras_tensor__":
                return self.tensor(*part["config"]["keras_history"])
            if part.get("class_name") == "__slice__":
                ends = part["config"]
                return slice(*(self._argument(ends[key]) for key in ("start", "stop", "step")))
            if part.get("class_name") == "__ellipsis__":
                return ...
            if "class_name" in part:
                return deserialize(part)
            return {key: self._argument(item) for key, item in part.items()}
        if isinstance(part, (list, tuple)):
            return [self._argument(item) for item in part]
        return part

    def tensor(self, name, call, index):
        """The output `index` of the layer's call."""
        if name not in self.layers:
            raise ValueError(f"A call in the config refers to the layer '{name}', not in it.")
        nodes = self.nodes[name]
        if not 0 <= call < len(nodes):
            raise IndexError(f"Layer '{name}' has no call {call}.")
        outputs = tree.flatten(nodes[call].outputs)
        if not 0 <= index < len(outputs):
            raise ValueError(f"Call {call} of the layer '{name}' has no output {index}.")
        return outputs[index]


def _map_triples(function, structure):
    """Apply `function` to every `[name, call, index]` of a structure."""
    if isinstance(structure, dict):
        return {key: _map_triples(function, part) for key, part in structure.items()}
    if len(structure) == 3 and isinstance(structure[0], str):
        return function(structure)
    return [_map_triples(function, part) for part in structure]
