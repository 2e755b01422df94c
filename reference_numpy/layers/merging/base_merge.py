"""What all layers share that make one array of a list of arrays."""

from typing import Any

import numpy as np

from reference_numpy.kernels.broadcasting import sum_to_shape
from reference_numpy.layers.layer import Layer


class Merge(Layer):
    """y = merge([x₁, x₂, …]), entry by entry, with broadcasting.

    Inputs of fewer axes get axes of size 1 behind the batch axis, then NumPy's rules hold. So
    (batch, d) goes with (batch, t, d). Where broadcasting repeated an input, its gradient is the
    sum over the places it was repeated to.

    A subclass defines `merge(arrays, masks)` → `(y, cache)` and `merge_backward(dy, cache)` → the
    gradients of the arrays, in the shape of y or in their own.

    Raises:
        ValueError: for an input that is no list, batch sizes that differ, or shapes that do not
            broadcast.
    """

    samples_apart = True

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        """Nothing to create: only check the shapes."""
        self.check_list(input_shape)
        if len({shape[0] for shape in input_shape if shape} - {None}) > 1:
            raise ValueError(
                f"Layer '{self.name}' cannot merge tensors with different batch sizes. "
                f"Received tensors with shapes {input_shape}"
            )
        self.compute_output_shape(input_shape)

    def check_list(self, input_shape):
        """Raise ValueError unless there is a shape for each of one or more inputs."""
        is_list = isinstance(input_shape, (list, tuple)) and len(input_shape) > 0
        if not is_list or not all(isinstance(shape, (list, tuple)) for shape in input_shape):
            raise ValueError(
                f"The merge layer '{self.name}' should be called on a list of at least 1 input. "
                f"Received: input_shape={input_shape} (not a list of shapes)"
            )

    def forward(self, inputs, mask=None, training=False):
        """The merged array; `mask` is a list with a mask or None for each input."""
        self.check_inputs(inputs)
        arrays = self.same_kind(inputs)
        masks = list(mask) if mask is not None else [None] * len(arrays)
        rank = max(x.ndim for x in arrays)
        for i, x in enumerate(arrays):
            if x.ndim < rank:
                arrays[i] = x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:])
                masks[i] = None
        y, cache = self.merge(arrays, masks)
        return y, ([x.shape for x in arrays], [(x.shape, x.dtype.kind) for x in inputs], cache)

    def backward(self, dy, cache):
        """The list of the inputs' gradients (None for integers), and none of weights."""
        aligned, inputs, cache = cache
        gradients = self.merge_backward(dy, cache)
        return [
            sum_to_shape(gradient, shape).reshape(own_shape) if kind == "f" else None
            for gradient, shape, (own_shape, kind) in zip(gradients, aligned, inputs, strict=True)
        ], []

    def check_inputs(self, inputs):
        """Raise ValueError for one array, whose samples would else be taken for the inputs."""
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(
                f"The merge layer '{self.name}' should be called on a list of inputs. "
                f"Received: an input of shape {inputs.shape} (not a list of tensors)"
            )

    def same_kind(self, inputs):
        """The inputs as they are if all are integers, else all in the layer's dtype."""
        if all(x.dtype.kind != "f" for x in inputs):
            return list(inputs)
        return [self.as_float(x) for x in inputs]

    def merge(self, arrays, masks):
        """y for arrays of one rank, and what `merge_backward` needs."""
        raise TypeError(f"{type(self).__name__} does not say how it merges.")

    def merge_backward(self, dy, cache):
        """The gradients of the arrays."""
        raise TypeError(f"{type(self).__name__} has no gradient.")

    def compute_output_shape(self, input_shape):
        """The shape that the inputs' shapes broadcast to."""
        merged = input_shape[0][1:]
        for shape in input_shape[1:]:
            merged = self.broadcast(merged, shape[1:])
        batch_sizes = {shape[0] for shape in input_shape if shape} - {None}
        return (batch_sizes.pop() if len(batch_sizes) == 1 else None, *merged)

    def broadcast(self, first, second):
        """The shape that two shapes broadcast to; a size that is not known stays unknown."""
        longer, shorter = (first, second) if len(first) >= len(second) else (second, first)
        added = len(longer) - len(shorter)
        sizes = list(longer[:added])
        for a, b in zip(longer[added:], shorter):
            if 1 not in (a, b) and None not in (a, b) and a != b:
                raise ValueError(
                    f"Inputs of layer '{self.name}' have incompatible shapes. "
                    f"Received shapes {tuple(first)} and {tuple(second)}"
                )
            sizes.append(None if None in (a, b) else b if a == 1 else a)
        return tuple(sizes)

    def compute_mask(self, inputs, previous_mask=None):
        """True where any input is True, if every input has a mask."""
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        return np.logical_or.reduce(np.broadcast_arrays(*previous_mask))


def spread(mask, x):
    """A mask of steps as a mask of the entries of x: the same for all features of a step."""
    return None if mask is None else np.broadcast_to(mask[..., None], x.shape)
