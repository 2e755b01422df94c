"""Symbolic tensors: a layer called on one becomes a node of a graph that a model runs later."""

import itertools
from collections.abc import Sequence
from typing import Any

from reference_numpy import tree
from reference_numpy.layers.signatures import check_call


class KerasTensor:
    """A placeholder for an array of a known shape, as `keras.KerasTensor`.

    `reference_numpy.operations`, which stands floors above, gives it Python's operators.

    Args:
        shape: tuple with None where the size is not known yet.
        dtype: dtype name.
        node: the call that makes it, and `index`: which of that call's outputs it is.
    """

    def __init__(
        self,
        shape: Sequence[int | None],
        dtype: str = "float32",
        node: Any = None,
        index: int = 0,
        name: str | None = None,
    ):
        self.shape, self.dtype, self.node, self.index = tuple(shape), dtype, node, index
        self.name = name or f"keras_tensor_{id(self)}"

    @property
    def ndim(self) -> int:
        """Number of axes, the batch axis counted in."""
        return len(self.shape)

    def __repr__(self):
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


class Node:
    """One call of a layer in a graph: the arguments it was given and the tensors it made."""

    def __init__(self, layer, args, kwargs, outputs):
        self.layer, self.args, self.kwargs, self.outputs = layer, args, kwargs, outputs
        for index, tensor in enumerate(tree.flatten(outputs)):
            tensor.node, tensor.index = self, index
        layer.inbound_nodes.append(self)

    @property
    def inputs(self):
        """The symbolic tensors among the arguments, in order."""
        leaves = tree.flatten([list(self.args), self.kwargs])
        return [leaf for leaf in leaves if isinstance(leaf, KerasTensor)]


class SymbolicEnds:
    """The ends of a layer's first call on symbolic tensors."""

    @property
    def input(self):
        """The symbolic tensor (or list of them) that the layer was first called on."""
        return self._end("input", lambda node: node.inputs)

    @property
    def output(self):
        """The symbolic tensor (or list of them) that the layer's first call made."""
        return self._end("output", lambda node: tree.flatten(node.outputs))

    def _end(self, name, find):
        if not self.inbound_nodes:
            raise AttributeError(
                f"The layer '{self.name}' has never been called on a symbolic tensor and thus has "
                f"no defined {name}."
            )
        tensors = find(self.inbound_nodes[0])
        return tensors[0] if len(tensors) == 1 else tensors


def is_symbolic(args, kwargs):
    """Whether any argument is, or holds, a symbolic tensor."""
    return any(isinstance(leaf, KerasTensor) for leaf in tree.flatten([list(args), kwargs]))


def symbolic_call(layer, args, kwargs):
    """Build `layer` for the shapes of its arguments and add the call to the graph."""
    check_call(layer, args, kwargs)
    layer.prepare(args, kwargs)
    arguments = layer.shape_arguments("compute_output_shape", args, kwargs)
    shapes = layer.compute_output_shape(**arguments)
    dtype = layer.output_dtype
    dtypes = iter(dtype) if isinstance(dtype, tuple) else itertools.repeat(dtype)
    outputs = tree.map_shapes(lambda shape: KerasTensor(shape, next(dtypes)), shapes)
    Node(layer, args, kwargs, outputs)
    return outputs
