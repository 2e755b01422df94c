"""The config of a graph, in Keras's format, both ways.

    {"layers": [{…a layer's config…, "name": "dense", "inbound_nodes": [{"args": […],
     "kwargs": {…}}, …]}, …], "input_layers": …, "output_layers": …}

A tensor among the arguments is `["dense", 0, 0]`: the output 0 of the layer's call 0, calls
counted within this graph. The same triple stands in `input_layers` and `output_layers`; there, as
in Keras, the calls of a nested Functional model count from 1.
"""

from collections import deque

from reference_numpy import tree
from reference_numpy.layers.core import InputLayer
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.symbolic import KerasTensor, is_symbolic
from reference_numpy.serialization import deserialize, serialize, within


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
        ValueError: for entries of another form, calls that refer to layers, calls or outputs
            that do not exist, and for layers of one name.
    """
    keys = ("layers", "input_layers", "output_layers")
    fits = isinstance(config, dict) and isinstance(config.get("layers"), list)
    if not fits or not all(config.get(key) for key in keys):
        raise ValueError(f"The config of a Functional model has {', '.join(keys)}.")
    with within("layers"):
        builder = _Builder(config["layers"])

    def find(triple):
        name, call, index = _triple(triple)
        first = 1 if isinstance(builder.layers.get(name), functional_class) else 0
        return builder.tensor(name, call - first, index)

    ends = []
    for key in keys[1:]:
        with within(key):
            ends.append(_map_triples(find, config[key]))
    return tuple(ends)


class _Builder:
    """Makes the layers of a graph and calls them.

    Args:
        entries: the layers' entries in the config.
    """

    def __init__(self, entries):
        self.layers, self.rest = {}, {}
        for index, entry in enumerate(entries):
            with within(index):
                self._add_layer(index, entry)
        # The calls made here, apart from those that a shared layer has in other graphs; an input
        # has been called when it was made.
        self.nodes = {
            name: layer.inbound_nodes[:1] if isinstance(layer, InputLayer) else []
            for name, layer in self.layers.items()
        }
        # A layer may be called on what has not been made yet: each takes as many of its calls, in
        # order, as can be made now, and then waits for the layer that is to be called before.
        ready, waiting = deque(self.rest), {}
        while ready:
            name = ready.popleft()
            before = len(self.nodes[name])
            missing = self._call(name)
            if len(self.nodes[name]) > before:
                ready.extend(waiting.pop(name, ()))
            if missing is not None:
                waiting.setdefault(missing, []).append(name)
        if waiting:
            raise ValueError(
                "The graph of the config has loops, or calls that refer to outputs which do not "
                f"exist, at the layers {[name for names in waiting.values() for name in names]}."
            )

    def _add_layer(self, index, entry):
        fits = isinstance(entry, dict) and isinstance(entry.get("name"), str)
        if not fits or not isinstance(entry.get("inbound_nodes"), list):
            raise ValueError("A layer's entry has a 'name' and a list of 'inbound_nodes'.")
        name, layer = entry["name"], deserialize(entry)
        if name in self.layers:
            raise ValueError(f"The config has two layers of the name '{name}'.")
        if not isinstance(layer, Layer):
            raise ValueError(f"'{name}' is no layer.")
        if "name" not in (entry.get("config") or {}):  # as Keras has it for ExtractPatches
            layer.name = name
        self.layers[name] = layer
        self.rest[name] = deque(
            ((index, "inbound_nodes", number), node)
            for number, node in enumerate(entry["inbound_nodes"])
        )

    def _call(self, name):
        """Make the layer's calls as far as their arguments exist.

        Returns:
            The name of the layer whose call is missing, or None.
        """
        layer, rest = self.layers[name], self.rest[name]
        while rest:
            keys, node = rest[0]
            with within(*keys):
                try:
                    args, kwargs = self._arguments(node)
                except _MissingCall as missing:
                    return missing.layer
                if not is_symbolic(args, kwargs):
                    raise ValueError(f"A call of '{name}' has no tensor among its arguments.")
                layer(*args, **kwargs)
            self.nodes[name].append(layer.inbound_nodes[-1])
            rest.popleft()
        return None

    def _arguments(self, node):
        fits = isinstance(node, dict) and isinstance(node.get("args"), (list, tuple))
        if not fits or not isinstance(node.get("kwargs"), dict):
            raise ValueError("A call has a list of 'args' and a dictionary of 'kwargs'.")
        return self._argument(node["args"]), self._argument(node["kwargs"])

    def _argument(self, part):
        """An argument of a call, its tensors found. Raises _MissingCall for one not made yet."""
        if isinstance(part, dict):
            if part.get("class_name") == "__keras_tensor__":
                return self.tensor(*_triple(part["config"]["keras_history"]))
            if part.get("class_name") == "__slice__":
                ends = part["config"]
                return slice(*(self._argument(ends[key]) for key in ("start", "stop", "step")))
            if part.get("class_name") == "__ellipsis__":
                return ...
            if part.get("class_name") == "__tuple__":
                return tuple(map(self._argument, part["items"]))
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
            raise _MissingCall(name, call)
        outputs = tree.flatten(nodes[call].outputs)
        if not 0 <= index < len(outputs):
            raise ValueError(f"Call {call} of the layer '{name}' has no output {index}.")
        return outputs[index]


class _MissingCall(ValueError):
    """A call that has not been made (yet)."""

    def __init__(self, layer, call):
        super().__init__(f"Layer '{layer}' has no call {call}.")
        self.layer = layer


def _triple(value):
    """`value`, if it is `[layer, call, output]`."""
    if not isinstance(value, (list, tuple)) or list(map(type, value)) != [str, int, int]:
        raise ValueError(
            "A tensor is given as [layer, call, output], such as ['dense', 0, 0]. "
            f"Received: {value!r}"
        )
    return value


def _map_triples(function, structure):
    """Apply `function` to every `[name, call, index]` of a structure."""
    if isinstance(structure, dict):
        return {key: _map_triples(function, part) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)) and not any(isinstance(s, str) for s in structure):
        return [_map_triples(function, part) for part in structure]
    return function(structure)
