"""The graph of a model: the calls of layers between its symbolic inputs and outputs."""

import copy
import functools
import math
import operator

from reference_numpy import tree
from reference_numpy.kernels.memory import keep_freed_memory
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.models import chain_rule, parts
from reference_numpy.models.call import Call
from reference_numpy.models.plan import make_plan
from reference_numpy.models.topology import order_graph

#: How often a model may call layers, those of nested models counted at each call: models that call
#: the one within twice grow like 2ⁿ.
MAX_CALLS = 10**5

_trainable = operator.attrgetter("trainable")


class Graph:
    """The calls between symbolic inputs and outputs.

    Args:
        inputs, outputs: flat lists of symbolic tensors; the inputs are those of input layers.
    """

    def __init__(self, inputs, outputs):
        nodes, self.layers = order_graph(inputs, outputs)
        tensors = [tensor for node in nodes for tensor in tree.flatten(node.outputs)]
        places = {tensor: place for place, tensor in enumerate(tensors)}
        self.nodes, self.tensors = nodes, tensors
        self.inputs = [places[tensor] for tensor in inputs]
        self.outputs = [places[tensor] for tensor in outputs]
        self.calls = [Call(node, places) for node in nodes if node.inputs]
        self.call_count = sum(_count_calls(call.layer) for call in self.calls)
        if self.call_count > MAX_CALLS:
            raise ValueError(f"The model calls its layers more than {MAX_CALLS:,} times.")
        self.last_uses = self._find_last_uses()
        self._plans = {}

    def _find_last_uses(self):
        """For each call the places whose values nobody needs after it."""
        last = {}
        for index, call in enumerate(self.calls):
            last.update(dict.fromkeys(call.inputs + call.outputs, index))
        kept = set(self.outputs)
        uses = [[] for _ in self.calls]
        for place, index in last.items():
            if place not in kept:
                uses[index].append(place)
        return uses

    def unmasked_inputs(self):
        """The numbers of the inputs whose mask a call removes."""
        unmasked = {place for call in self.calls for place in call.unmasked}
        return [number for number, place in enumerate(self.inputs) if place in unmasked]

    def variant(self, calls, outputs, tensors):
        """This graph with other calls of the same weights, outputs, and places (their tensors)."""
        other = copy.copy(self)
        other.calls, other.outputs, other.tensors, other._plans = calls, outputs, tensors, {}
        other.last_uses = other._find_last_uses()
        return other

    def forward(self, inputs, masks=None, training=None):
        """The outputs of the graph, a flat list, and the cache.

        Args:
            inputs: flat list of arrays.
            masks: the inputs' masks, or None.
            training: passed to the layers; None leaves them what their calls say.
        """
        keep_freed_memory()
        if masks is None and parts.are_wanted(self, inputs, training):
            return parts.forward(self, inputs, training)
        return chain_rule.forward(self, inputs, masks, training)

    def backward(self, dys, cache, input_gradient=True):
        """Gradients of the inputs and of the trainable weights, two flat lists.

        None stands for a gradient that does not exist: the value is not connected to the outputs
        (or not floating), or nobody asked for it.

        Args:
            dys: flat list of the outputs' gradients; None for one of zero.
            cache: what `forward` returned.
            input_gradient: whether the inputs' gradients are asked for.
        """
        way = chain_rule if cache.parts is None else parts
        return way.backward(self, dys, cache, input_gradient)

    @functools.cached_property
    def numbers(self):
        """How many numbers of one sample go from layer to layer, as far as the sizes are known."""
        shapes = [t.shape[1:] for node in self.nodes for t in tree.flatten(node.outputs)]
        return sum(math.prod(shape) for shape in shapes if None not in shape)

    def plan(self, input_gradient):
        """The plan for the layers that are trainable now."""
        state = (input_gradient, *map(_trainable, self.every_layer()))
        if state not in self._plans:
            self._plans = {state: make_plan(self, input_gradient)}
        return self._plans[state]

    def every_layer(self):
        """The layers, each followed by its parts and their parts."""
        if not hasattr(self, "_flat_layers"):
            self._flat_layers = list(flatten_layers(self.layers))
        return self._flat_layers

    def output_shapes(self, input_shapes):
        """Shapes of the outputs for inputs of `input_shapes`, flat lists both."""
        values = [None] * len(self.tensors)
        for place, shape in zip(self.inputs, input_shapes, strict=True):
            values[place] = KerasTensor(shape)
        for call in self.calls:
            args, kwargs = call.arguments(values)
            arguments = call.layer.shape_arguments("compute_output_shape", args, kwargs)
            shapes, found = call.layer.compute_output_shape(**arguments), []
            tree.map_shapes(found.append, shapes)
            for place, shape in zip(call.outputs, found, strict=True):
                values[place] = KerasTensor(shape)
        return [values[place].shape for place in self.outputs]


def _count_calls(layer):
    graph = getattr(layer, "graph", None)
    return graph.call_count if graph else 1 + sum(map(_count_calls, layer.sublayers))


def flatten_layers(layers):
    """Every layer of `layers` and, after it, its parts and their parts."""
    for layer in layers:
        yield layer
        yield from flatten_layers(layer.sublayers)
