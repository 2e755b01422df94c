"""A graph of layers, run forward and backward.

Forward computes the calls in order and keeps each call's cache. Backward goes through them in
reverse: where one value went into several calls, the gradients that come back are summed (the
chain rule at a fan-out), and so are the gradients of a weight that several calls share.
"""

from dataclasses import dataclass

from reference_numpy import tree
from reference_numpy.kernels.memory import is_forward_alone
from reference_numpy.models.masks import Masks
from reference_numpy.models.watching import watcher


@dataclass(eq=False)
class GraphCache:
    """What backward needs of one run, and what travelled beside the values.

    Args:
        calls: for each call the layer, its cache, and its output where backward asks for it;
            nothing within `forward_alone`.
        output_masks: the masks of the graph's outputs, or None.
        inputs: what the model was given, for the shape of `dx`.
        parts: where the batch was computed in parts, `(slice, cache)` for each instead of `calls`.
    """

    calls: list | None
    output_masks: list
    inputs: object = None
    parts: list | None = None


def forward(graph, inputs, masks, training):
    """The outputs of a graph, and the cache; see `Graph.forward`."""
    values, kept, calls = [None] * len(graph.tensors), Masks(graph.inputs, masks), []
    for place, x in zip(graph.inputs, inputs, strict=True):
        values[place] = x
    see, keeps = watcher(), not is_forward_alone()
    for index, call in enumerate(graph.calls):
        layer = call.layer
        args, kwargs = call.arguments(values)
        if training is not None and call.takes_training:
            kwargs["training"] = training
        if kept:
            kept.add_arguments(call, kwargs)
        y, cache = layer.forward(*args, **kwargs)
        if see is not None and not isinstance(cache, GraphCache):
            y, cache = see(layer, args, kwargs, y, cache)
        if call.only_output is not None:
            values[call.only_output] = y
        else:
            for place, leaf in zip(call.outputs, tree.flatten(y), strict=True):
                values[place] = leaf
        if isinstance(cache, GraphCache):
            kept.follow_model(call, kwargs, cache.output_masks)
        elif layer.supports_masking and (kept or call.makes_mask):
            kept.follow_layer(call, args, kwargs)
        if call.unmasked:
            kept.remove(call.unmasked)
        if keeps:
            calls.append((layer, cache, y if call.keeps_output else None))
        for place in graph.last_uses[index]:
            values[place] = None
    outputs = [values[place] for place in graph.outputs]
    return outputs, GraphCache(calls, [kept.attached.get(p) for p in graph.outputs])


def backward(graph, dys, cache, input_gradient):
    """The gradients of a graph's inputs and of its trainable weights; see `Graph.backward`."""
    plan = graph.plan(input_gradient)
    gradients, summed = [None] * len(graph.tensors), set()
    grads, summed_grads = [None] * len(plan.records), set()
    for place, dy in zip(graph.outputs, dys, strict=True):
        add(gradients, summed, place, dy)
    for index in range(len(graph.calls) - 1, -1, -1):
        call, (layer, layer_cache, y) = graph.calls[index], cache.calls[index]
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
            add(grads, summed_grads, position, grad)
        for place, gradient in call.input_gradients(dx):
            add(gradients, summed, place, gradient)
    return [gradients[place] for place in graph.inputs], grads


def add(sums, owned, index, term):
    """Add `term` to `sums[index]` without writing to an array that somebody else may hold.

    Args:
        sums: a list of arrays, None for 0.
        owned: the indices whose arrays were made here; one more is put into it.
        index: which of them.
        term: an array, or None.
    """
    if term is None:
        return
    if sums[index] is None:
        sums[index] = term
    elif index in owned and sums[index].dtype == term.dtype:
        sums[index] += term
    else:
        sums[index] = sums[index] + term
        owned.add(index)
