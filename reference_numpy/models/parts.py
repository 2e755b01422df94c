"""A graph whose batch is computed in parts, each on a core of its own."""

import numpy as np

from reference_numpy.kernels.threads import at_once, by_parts, parts_of
from reference_numpy.models import chain_rule
from reference_numpy.models.watching import watcher

#: Multiplications of a matrix product that take as long as what a layer does with one number of its
#: output, forward and backward.
NUMBER = 24
#: Numbers of a batch that is predicted beside others: with fewer, threads get in each other's way
#: between two operations; with more, several batches take too much memory.
BESIDE_OTHERS = range(2**17, 2**24)
#: Numbers that go from layer to layer within a core's caches, about.
IN_CACHE = 2**19


def are_wanted(graph, inputs, training):
    """Whether there is work for several, no layer looks at several samples, and nobody watches."""
    sizes = {0 if x is None else len(x) for x in inputs}
    return (
        len(sizes) == 1
        and parts_of(*sizes, _multiplications(graph, *sizes)) > 1
        and _are_possible(graph, training)
    )


def together(graph, batch, count):
    """How many of so many batches to predict as one: as the caches hold, and some for each thread.

    Products of more rows are quicker, and what there is to do around them is done less often.
    """
    known = all(None not in tensor.shape[1:] for tensor in graph.tensors)
    if not (known and _are_possible(graph, False)):
        return 1
    most = -(-count // parts_of(count, count * _multiplications(graph, batch)))
    return max(1, min(most, IN_CACHE // max(1, batch * graph.numbers)))


def are_batches(graph, batch, count):
    """Whether to predict whole batches at once, so many of this size, instead of parts of one."""
    return (
        batch * graph.numbers in BESIDE_OTHERS
        and parts_of(count, count * _multiplications(graph, batch)) > 1
        and _are_possible(graph, False)
    )


def _are_possible(graph, training):
    apart = (True, "inference") if training is False else (True,)
    return watcher() is None and all(
        call.layer.samples_apart in apart and not (call.penalized or call.has_arrays)
        for call in graph.calls
    )


def _multiplications(graph, batch):
    return NUMBER * graph.numbers * batch


def forward(graph, inputs, training):
    """The outputs of a graph, and the cache with that of each part."""

    def work(rows):
        return rows, *chain_rule.forward(graph, [x[rows] for x in inputs], None, training)

    batch = len(inputs[0])
    rows, outputs, caches = zip(*by_parts(work, batch, _multiplications(graph, batch)))
    outputs = [np.concatenate(pieces) for pieces in zip(*outputs)]
    masks = [None] * len(outputs)
    return outputs, chain_rule.GraphCache(None, masks, parts=list(zip(rows, caches)))


def backward(graph, dys, cache, input_gradient):
    """The gradients of the inputs, put together, and of the weights, added up."""

    def work(part):
        rows, own_cache = part
        own_dys = [dy if dy is None else dy[rows] for dy in dys]
        return chain_rule.backward(graph, own_dys, own_cache, input_gradient)

    gradients, grads = zip(*at_once(work, cache.parts))
    dx = [None if pieces[0] is None else np.concatenate(pieces) for pieces in zip(*gradients)]
    sums, summed = [None] * len(grads[0]), set()
    for own in grads:
        for index, grad in enumerate(own):
            chain_rule.add(sums, summed, index, grad)
    return dx, sums
