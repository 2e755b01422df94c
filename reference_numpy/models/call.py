"""One call of a layer within a graph: which values go in, which come out, and the masks beside."""

import numpy as np

from reference_numpy import tree
from reference_numpy.layers import penalties
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.signatures import signature
from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.operations import Operation


class Call:
    """One call of a layer; its symbolic tensors stand for numbered places of values.

    Masks travel as in Keras. A layer whose forward takes `mask` gets the mask of its one input;
    one with several inputs (`query`, `value`, …) gets `query_mask`, `value_mask`, … where its
    forward takes them. What the call's arguments say themselves goes first. A layer may
    remove the masks of its inputs, for all calls after its own (`masks.py`).

    Args:
        node: the layer's call on symbolic tensors.
        places: the place of each symbolic tensor, by the tensor.
    """

    def __init__(self, node, places):
        self.layer, self.args, self.kwargs = node.layer, tuple(node.args), dict(node.kwargs)
        self.places, self.output_structure = places, node.outputs
        self.outputs = [places[tensor] for tensor in tree.flatten(node.outputs)]
        self.inputs = [places[tensor] for tensor in node.inputs]
        forward = signature(type(node.layer).forward)
        bound = forward.bind(node.layer, *self.args, **self.kwargs).arguments
        arguments = dict(list(bound.items())[1:])
        self.first = next(iter(arguments.values()))
        self.tensor_arguments = {name: arg for name, arg in arguments.items() if _has_tensor(arg)}
        self.mask_arguments = self._find_mask_arguments(forward.parameters, arguments)
        self.takes_training = "training" in forward.parameters
        self.makes_mask = type(node.layer).compute_mask is not Layer.compute_mask
        options = list(signature(type(node.layer).compute_mask).parameters)[3:]
        self.mask_options = {name: arg for name, arg in self.kwargs.items() if name in options}
        #: the places of the only input and the only output, for calls that have no more
        only = len(self.args) == 1 and not self.kwargs and isinstance(self.first, KerasTensor)
        self.only_input = self.inputs[0] if only else None
        self.only_output = self.outputs[0] if isinstance(node.outputs, KerasTensor) else None
        unmasked = node.layer.unmasked_inputs(self.first, self.tensor_arguments)
        #: the places whose masks are gone after the call
        self.unmasked = [places[leaf] for leaf in unmasked if isinstance(leaf, KerasTensor)]
        self.penalized = penalties.within(node.layer)
        #: whether any argument is an array, which may have a part for each sample
        self.has_arrays = any(
            isinstance(leaf, np.ndarray) for leaf in tree.flatten([self.args, self.kwargs])
        )
        #: whether backward needs to know the output
        self.keeps_output = self.penalized or self.only_output is None

    def _find_mask_arguments(self, parameters, arguments):
        if isinstance(self.layer, Operation):  # to which a mask is an argument like any other
            return {}
        if len(self.tensor_arguments) == 1:
            found = {"mask": next(iter(self.tensor_arguments.values()))}
        else:
            found = {f"{name}_mask": value for name, value in self.tensor_arguments.items()}
        return {
            name: value
            for name, value in found.items()
            if name in parameters and arguments.get(name) is None
        }

    def arguments(self, values):
        """`(args, kwargs)` of the layer's forward, given the values of all places."""
        if self.only_input is not None:
            return (values[self.only_input],), {}

        def fill(leaf):
            return values[self.places[leaf]] if isinstance(leaf, KerasTensor) else leaf

        return tree.map_structure(fill, self.args), tree.map_structure(fill, self.kwargs)

    def masks_of(self, structure, masks):
        """The masks (or None) that belong to the symbolic tensors of `structure`."""
        return tree.map_structure(
            lambda leaf: masks.get(self.places[leaf]) if isinstance(leaf, KerasTensor) else None,
            structure,
        )

    def model_inputs(self):
        """The places of the inputs of a nested model, in its order."""
        leaves = tree.flatten(self.layer.in_model_order(self.first))
        return [self.places[leaf] if isinstance(leaf, KerasTensor) else None for leaf in leaves]

    def output_masks(self, args, kwargs, masks):
        """The masks of the outputs, in the order of `outputs`; None where there is none."""
        previous = kwargs.get("mask")
        if previous is None:
            previous = self.masks_of(self.first, masks)
        if all(mask is None for mask in tree.flatten(previous)):
            if not self.makes_mask:
                return []
            previous = None
        first = args[0] if args else next(iter(kwargs.values()))
        found = self.layer.compute_mask(first, previous, **self.mask_options)
        return [] if found is None else tree.flatten(found)

    def dy(self, gradients, y):
        """The gradients of the outputs as backward takes them; None if there is nothing to do.

        An output that nothing depends on has gradient zero (None if it is no floating array); so
        have all of them where the layer or a part of it is penalized.
        """
        if not self.keeps_output:
            return gradients[self.only_output]
        leaves = [gradients[place] for place in self.outputs]
        if all(leaf is None for leaf in leaves) and not (self.penalized and penalties.wanted()):
            return None
        for index, value in enumerate(tree.flatten(y)):
            if leaves[index] is None and value.dtype.kind == "f":
                leaves[index] = np.zeros_like(value)
        return tree.pack_like(self.output_structure, leaves)

    def input_gradients(self, dx):
        """`(place, gradient)` for every input that has one, from what backward gave."""
        if isinstance(dx, dict) and not isinstance(self.first, dict):
            pairs = [(self.tensor_arguments.get(name), part) for name, part in dx.items()]
        elif self.only_input is not None:
            return [] if dx is None else [(self.only_input, dx)]
        else:
            pairs = [(self.first, dx)]
        return [
            (self.places[leaf], gradient)
            for structure, part in pairs
            if structure is not None and part is not None
            for leaf, gradient in zip(tree.flatten(structure), tree.flatten(part), strict=True)
            if isinstance(leaf, KerasTensor) and gradient is not None
        ]


def _has_tensor(value):
    return any(isinstance(leaf, KerasTensor) for leaf in tree.flatten(value))
