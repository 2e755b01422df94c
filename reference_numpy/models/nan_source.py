"""Where a loss that is not a number comes from."""

import numpy as np

from reference_numpy import tree
from reference_numpy.models.runner import Runner


def nan_source(model, graph, inputs, training):
    """Where NaN first arose in a batch, in words.

    The batch is run once more with every value kept; weights, states and random streams are left
    as they were.

    Args:
        model: the model.
        graph: its graph, or the variant of it that was run.
        inputs: the batch, a flat list.
        training: how it was run.
    """
    records = model.weight_records
    for record, path in zip(records, model.weight_paths(records), strict=True):
        if not np.isfinite(record.value).all():
            return (
                f"a step before it left numbers in the weight '{path}' that are not finite; try a "
                "lower learning rate"
            )
    with _undone(graph):
        return _search(graph, inputs, training)


class _undone:
    """Meanwhile what a run of the graph changes may be changed: it is set back at the end."""

    def __init__(self, graph):
        self.layers = list(graph.every_layer())

    def __enter__(self):
        self.arrays = [
            (array, array.copy())
            for layer in self.layers
            for array in (
                *(record.value for record in layer.own_weights),
                *tree.flatten(getattr(layer, "states", None) or []),
            )
        ]
        seeds = [getattr(layer, "seed_generator", None) for layer in self.layers]
        streams = [getattr(seed, "generator", None) for seed in seeds]
        self.streams = [
            (stream.bit_generator, stream.bit_generator.state)
            for stream in streams
            if isinstance(stream, np.random.Generator)
        ]

    def __exit__(self, *error):
        for array, values in self.arrays:
            array[...] = values
        for generator, state in self.streams:
            generator.state = state


def _search(graph, inputs, training):
    whole = graph.variant(graph.calls, list(range(len(graph.tensors))), graph.tensors)
    values, _ = whole.forward(inputs, None, training)
    for call in graph.calls:
        if not any(_has_nan(values[place]) for place in call.outputs):
            continue
        if any(_has_nan(values[place]) for place in call.inputs):
            continue
        layer = call.layer
        if isinstance(layer, Runner):
            given = [values[place] for place in call.model_inputs()]
            return f"{_search(layer.graph, given, training)} of the model '{layer.name}'"
        near = [*(values[place] for place in (*call.inputs, *call.outputs)), *layer.weights]
        why = ", where numbers are too large; scale the inputs, or try a lower learning rate"
        huge = any(map(_is_huge, near))
        return f"it first arose in the layer '{layer.name}' ({type(layer).__name__}){why * huge}"
    if any(_has_nan(values[place]) for place in graph.outputs):
        return "it came with the inputs, and no layer stopped it"
    return "the outputs hold none, so it arose in the loss itself"


def _has_nan(value):
    return value is not None and value.dtype.kind == "f" and bool(np.isnan(value).any())


def _is_huge(value):
    """Whether there are numbers so large that a product of two of them overflows."""
    if value is None or value.dtype.kind != "f":
        return False
    return bool((np.abs(value) > np.sqrt(np.finfo(value.dtype).max)).any())
