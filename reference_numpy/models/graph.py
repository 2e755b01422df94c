"""A graph of layers, run forward and backward.

Forward computes the calls in order and keeps each call's cache. Backward goes through them in
reverse: where one value went into several calls, the gradients that come back are summed (the
chain rule at a fan-out), and so are the gradients of a weight that several calls share.
"""

import copy
import functools
import math
from dataclasses import dataclass

import numpy as np

from reference_numpy import tree
from reference_numpy.kernels.threads import at_once, by_parts
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.models.call import Call
from reference_numpy.models.masks import Masks
from reference_numpy.models.topology import order_graph

#: Multiplications of a matrix product that take as long as what a layer does with one number of its
#: output, forward and backward.
NUMBER = 24
#: How often a model may call layers, those of nested models counted at each call: models that call
#: the one within twice grow like 2ⁿ.
MAX_CALLS = 10**5


@dataclass(eq=False)
class GraphCache:
    """What backward needs of one run, and what travelled beside the values.

    Args:
        calls: for each call the layer, its cache, and its output where backward asks for it.
        output_masks: the masks of the graph's outputs, or None.
        inputs: what the model was given, for the shape of `dx`.
        parts: where the batch was computed in parts, `(slice, cache)` for each instead of `calls`.
    """

    calls: list
    output_masks: list
    inputs: object = None
    parts: list | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be computed backward, which depends on the layers that are frozen.

    Args:
        records: the trainable weights of the graph.
        positions: for each call where in `records` its layer's weights are.
        asks: for each call whether the gradient of its input leads to a trainable weight.
    """

    records: list
    positions: list
    asks: list


class Graph:
    """The calls between symbolic inputs and outputs.

    Args:
        inputs, outputs: flat lists of symbolic tensors; the inputs are those of input layers.
    """

    def __init__(self, inputs, outputs):
        nodes, self.layers = order_graph(inputs, outputs)
        tensors = [tensor for node in nodes for tensor in tree.flatten(node.outputs)]
        places = {id(tensor): place for place, tensor in enumerate(tensors)}
        self.nodes, self.tensors = nodes, tensors
        self.inputs = [places[id(tensor)] for tensor in inputs]
        self.outputs = [places[id(tensor)] for tensor in outputs]
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
        """The numbers of the inputs off which a call takes the mask."""
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
        if masks is None and self._takes_parts(inputs, training):
            return self._forward_in_parts(inputs, training)
        return self._forward(inputs, masks, training)

    def _forward(self, inputs, masks, training):
        values, kept, calls = [None] * len(self.tensors), Masks(self.inputs, masks), []
        for place, x in zip(self.inputs, inputs, strict=True):
            values[place] = x
        for index, call in enumerate(self.calls):
            layer = call.layer
            args, kwargs = call.arguments(values)
            if training is not None and call.takes_training:
                kwargs["training"] = training
            if kept:
                kept.add_arguments(call, kwargs)
            y, cache = layer.forward(*args, **kwargs)
            if call.only_output is not None:
                values[call.only_output] = y
            else:
                for place, leaf in zip(call.outputs, tree.flatten(y), strict=True):
                    values[place] = leaf
            if isinstance(cache, GraphCache):
                kept.follow_model(call, kwargs, cache.output_masks)
            elif layer.supports_masking and (kept or call.makes_mask):
                kept.follow_layer(call, args, kwargs)
            kept.take_off(call.unmasked)
            calls.append((layer, cache, y if call.keeps_output else None))
            for place in self.last_uses[index]:
                values[place] = None
        outputs = [values[place] for place in self.outputs]
        return outputs, GraphCache(calls, [kept.attached.get(p) for p in self.outputs])

    def backward(self, dys, cache, input_gradient=True):
        """Gradients of the inputs and of the trainable weights, two flat lists.

        None stands for a gradient that does not exist: the value is not connected to the outputs
        (or not floating), or nobody asked for it.

        Args:
            dys: flat list of the outputs' gradients; None for one of zero.
            cache: what `forward` returned.
            input_gradient: whether the inputs' gradients are asked for.
        """
        if cache.parts is not None:
            return self._backward_in_parts(dys, cache, input_gradient)
        plan = self.plan(input_gradient)
        gradients, summed = [None] * len(self.tensors), set()
        grads, summed_grads = [None] * len(plan.records), set()
        for place, dy in zip(self.outputs, dys, strict=True):
            _add(gradients, summed, place, dy)
        for index in range(len(self.calls) - 1, -1, -1):
            call, (layer, layer_cache, y) = self.calls[index], cache.calls[index]
            asks, positions = plan.asks[index], plan.positions[index]
            if not asks and not positions:
                continue
            dy = call.dy(gradients, y)
            if dy is None:
                continue
            for place in call.outputs:
                gradients[place] = None
            dx, layer_grads = layer.backward(dy, layer_cache, input_gradient=asks)
            for position, grad in zip(positions, layer_grads, strict=True):
                _add(grads, summed_grads, position, grad)
            for place, gradient in call.input_gradients(dx):
                _add(gradients, summed, place, gradient)
        return [gradients[place] for place in self.inputs], grads

    # The batch in parts, each on a core of its own

    @functools.cached_property
    def _numbers(self):
        """How many numbers of one sample go from layer to layer, as far as the sizes are known."""
        shapes = [t.shape[1:] for node in self.nodes for t in tree.flatten(node.outputs)]
        return sum(math.prod(shape) for shape in shapes if None not in shape)

    def _takes_parts(self, inputs, training):
        """Whether no layer looks at several samples at once."""
        sizes = {None if x is None else len(x) for x in inputs}
        apart = (True, "inference") if training is False else (True,)
        return len(sizes) == 1 and all(
            call.layer.samples_apart in apart and not call.penalized for call in self.calls
        )

    def _forward_in_parts(self, inputs, training):
        def work(rows):
            return rows, *self._forward([x[rows] for x in inputs], None, training)

        batch = len(inputs[0])
        rows, outputs, caches = zip(*by_parts(work, batch, NUMBER * self._numbers * batch))
        if len(rows) == 1:
            return outputs[0], caches[0]
        outputs = [np.concatenate(pieces) for pieces in zip(*outputs)]
        masks = [None] * len(outputs)
        return outputs, GraphCache(None, masks, parts=list(zip(rows, caches)))

    def _backward_in_parts(self, dys, cache, input_gradient):
        def work(part):
            rows, own_cache = part
            own_dys = [dy if dy is None else dy[rows] for dy in dys]
            return self.backward(own_dys, own_cache, input_gradient)

        gradients, grads = zip(*at_once(work, cache.parts))
        dx = [None if pieces[0] is None else np.concatenate(pieces) for pieces in zip(*gradients)]
        sums, summed = [None] * len(grads[0]), set()
        for own in grads:
            for index, grad in enumerate(own):
                _add(sums, summed, index, grad)
        return dx, sums

    def plan(self, input_gradient):
        """The plan for the layers that are trainable now."""
        state = (input_gradient, *(layer.trainable for layer in self.every_layer()))
        if state not in self._plans:
            self._plans = {state: self._make_plan(input_gradient)}
        return self._plans[state]

    def _make_plan(self, input_gradient):
        nested = [record for layer in self.layers for record in layer.trainable_records]
        records = list(dict.fromkeys(nested))
        index_of = {id(record): index for index, record in enumerate(records)}
        positions, asks = [], []
        leads = set(self.inputs) if input_gradient else set()
        for call in self.calls:
            positions.append([index_of[id(record)] for record in call.layer.trainable_records])
            asks.append(not leads.isdisjoint(call.inputs))
            if positions[-1] or asks[-1]:
                leads.update(call.outputs)
        return Plan(records, positions, asks)

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


def _add(sums, owned, index, term):
    """Add `term` to `sums[index]` without writing to an array that somebody else may hold."""
    if term is None:
        return
    if sums[index] is None:
        sums[index] = term
    elif index in owned and sums[index].dtype == term.dtype:
        sums[index] += term
    else:
        sums[index] = sums[index] + term
        owned.add(index)
