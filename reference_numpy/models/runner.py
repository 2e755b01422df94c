"""How a model takes its inputs, runs its graph and gives its outputs and gradients."""

from typing import Any

import numpy as np

from reference_numpy import tree
from reference_numpy.annotations import Array, Structure


class Runner:
    """Forward and backward of a model; a model has its graph in `graph` once it is built.

    Inputs and outputs are what the model was made of: one tensor, a list or a dictionary of them,
    or any nesting. A dictionary with the inputs' names fits a list of inputs too.
    """

    graph: Any = None
    input_structure = output_structure = None

    def forward(
        self, inputs: Structure, training: bool | None = None, mask: Structure = None
    ) -> tuple[Structure, Any]:
        """The outputs, and the cache of every layer's call.

        Args:
            inputs: arrays in the structure of the model's inputs.
            training: passed to all layers; None leaves to each call what it says itself.
            mask: masks of the inputs, in their structure.
        """
        flat = self.flat_inputs(inputs)
        masks = None if mask is None else tree.flatten(mask)
        outputs, cache = self.graph.forward(flat, masks, training)
        cache.inputs = inputs
        return self.pack_outputs(outputs), cache

    def backward(
        self, dy: Structure, cache: Any, input_gradient: bool = True
    ) -> tuple[Structure, list[Array]]:
        """dx in the structure of the inputs given, and the gradients of the trainable weights.

        Args:
            dy: gradients of the outputs, in their structure; None for one of zero.
            cache: what `forward` returned.
            input_gradient: whether dx is asked for.
        """
        dys = [None] * len(self.outputs) if dy is None else self.flat_outputs(dy)
        dx, grads = self.graph.backward(dys, cache, input_gradient)
        records = self.graph.plan(input_gradient).records
        grads = [
            np.zeros_like(record.value) if grad is None else grad
            for record, grad in zip(records, grads, strict=True)
        ]
        dx = self._pack_dx(dx, cache.inputs) if input_gradient else None
        return dx, grads if self.trainable else []

    @property
    def samples_apart(self):
        """Whether all its layers treat samples apart; "inference" where some do only then."""
        found = {call.layer.samples_apart for call in self.graph.calls} if self.graph else {False}
        return False if False in found else "inference" if "inference" in found else True

    def unmasked_inputs(self, first, inputs):
        """The symbolic inputs whose mask a layer of the model removes."""
        leaves = tree.flatten(self.in_model_order(first))
        return [leaves[number] for number in self.graph.unmasked_inputs()]

    def flat_inputs(self, inputs):
        """The inputs as a flat list of arrays, converted and checked.

        Raises:
            ValueError: if their structure or a shape does not fit the model.
        """
        if not self.built:
            self.build(tree.map_structure(lambda x: (None, *np.shape(x)[1:]), inputs))
        leaves = tree.flatten(self.in_model_order(inputs))
        if len(leaves) != len(self.inputs):
            self._fail_structure(inputs)
        return [self._convert(x, tensor) for x, tensor in zip(leaves, self.inputs, strict=True)]

    def in_model_order(self, inputs):
        """`inputs` as the model's structure has them, where a dictionary gives names instead."""
        expected = self.input_structure
        if isinstance(expected, dict):
            if isinstance(inputs, dict) and not set(expected) <= set(inputs):
                self._fail_structure(inputs)
            return {key: inputs[key] for key in expected} if isinstance(inputs, dict) else inputs
        if isinstance(inputs, dict):
            names = [tensor.name for tensor in tree.flatten(expected)]
            if not set(names) <= set(inputs):
                self._fail_structure(inputs)
            return [inputs[name] for name in names]
        return inputs

    def _fail_structure(self, inputs):
        expected = tree.map_structure(lambda tensor: tensor.name, self.input_structure)
        given = tree.map_structure(lambda x: None if x is None else np.shape(x), inputs)
        raise ValueError(
            f"The structure of `inputs` doesn't match what model '{self.name}' expects. "
            f"Expected: {expected}. Received inputs of shapes: {given}"
        )

    def _convert(self, x, tensor):
        """One input in the dtype of `tensor`; a last axis of size 1 is added or dropped."""
        if x is None:
            if tensor.node.layer.optional:
                return None
            raise ValueError(
                f"The input '{tensor.name}' of model '{self.name}' is not optional, but None was "
                "passed."
            )
        x = np.asarray(x)
        if x.ndim and x.dtype == tensor.dtype and x.shape[1:] == tensor.shape[1:]:
            return x
        if tensor.dtype != "string" and x.dtype != tensor.dtype:
            if x.dtype.kind not in "fiub":
                raise ValueError(
                    f"The input '{tensor.name}' of model '{self.name}' takes numbers of the dtype "
                    f"{tensor.dtype}. Received an array of the dtype {x.dtype}."
                )
            x = x.astype(tensor.dtype)
        shape = tensor.shape
        if x.ndim == len(shape) + 1 and x.shape[-1] == 1:
            x = x[..., 0]
        elif x.ndim == len(shape) - 1 and shape[-1] == 1:
            x = x[..., None]
        if x.ndim != len(shape) or any(
            size is not None and size != given for size, given in zip(shape[1:], x.shape[1:])
        ):
            raise ValueError(
                f"Invalid input shape for the input '{tensor.name}' of model '{self.name}'. "
                f"Expected shape {shape}, but input has incompatible shape {x.shape}."
            )
        return x

    def _pack_dx(self, dx, inputs):
        """The gradients in the structure of `inputs`, each of its input's shape."""
        given = tree.flatten(self.in_model_order(inputs))
        dx = [
            gradient if gradient is None else gradient.reshape(np.shape(x))
            for gradient, x in zip(dx, given, strict=True)
        ]
        if isinstance(inputs, dict) and not isinstance(self.input_structure, dict):
            names = [tensor.name for tensor in tree.flatten(self.input_structure)]
            return {name: dict(zip(names, dx)).get(name) for name in inputs}
        if isinstance(inputs, dict):
            packed = tree.pack_like({key: inputs[key] for key in self.input_structure}, dx)
            return {key: packed.get(key) for key in inputs}
        return tree.pack_like(inputs, dx)

    def pack_outputs(self, leaves):
        """A flat list of outputs in the structure of the model's outputs."""
        return (
            leaves[0]
            if len(leaves) == 1 and not isinstance(self.output_structure, dict)
            else tree.pack_like(self.output_structure, leaves)
        )

    def flat_outputs(self, outputs):
        """The outputs, or their gradients, as a flat list."""
        leaves = tree.flatten(outputs)
        if len(leaves) != len(self.outputs):
            raise ValueError(
                f"Model '{self.name}' has {len(self.outputs)} outputs, but {len(leaves)} arrays "
                "were given for them."
            )
        return leaves

    def compute_output_shape(self, input_shape):
        """Shapes of the outputs, in their structure, for inputs of the shapes `input_shape`."""
        shapes = []
        tree.map_shapes(shapes.append, input_shape)
        if shapes == [tensor.shape for tensor in self.inputs]:
            return self.pack_outputs([tensor.shape for tensor in self.outputs])
        return self.pack_outputs(self.graph.output_shapes(shapes))

    @property
    def input(self) -> Any:
        """The symbolic tensors of the inputs, in the structure that the model was made with."""
        self._need_graph("input")
        return self.input_structure

    @property
    def output(self) -> Any:
        """The symbolic tensors of the outputs, in the structure that the model was made with."""
        self._need_graph("output")
        return self.output_structure

    @property
    def inputs(self) -> list[Any]:
        """The symbolic tensors of the inputs, a flat list."""
        self._need_graph("inputs")
        return tree.flatten(self.input_structure)

    @property
    def outputs(self) -> list[Any]:
        """The symbolic tensors of the outputs, a flat list."""
        self._need_graph("outputs")
        return tree.flatten(self.output_structure)

    @property
    def input_shape(self) -> Any:
        """Shapes of the inputs in a flat list; of a single one the shape itself."""
        shapes = [tensor.shape for tensor in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """Shapes of the outputs in a flat list; of a single one the shape itself."""
        shapes = [tensor.shape for tensor in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def input_names(self):
        """Names of the input layers."""
        return [tensor.node.layer.name for tensor in self.inputs]

    @property
    def output_names(self):
        """Names of the layers that make the outputs."""
        return [tensor.node.layer.name for tensor in self.outputs]

    def _need_graph(self, what):
        if self.graph is None:
            raise AttributeError(f"Model '{self.name}' has no defined {what} yet: it isn't built.")
