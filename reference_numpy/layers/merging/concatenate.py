"""Arrays joined end to end."""

from typing import Any

import numpy as np

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.base_merge import Merge


class Concatenate(Merge):
    """y = x₁, x₂, … one behind the other along an axis; dx_i = its part of dy.

    Shapes:
        x: the same but for the axis   y: the axis has the sum of the sizes

    Args:
        axis: the axis along which the inputs are joined.

    Raises:
        ValueError: for an input that is no list, or shapes that differ in another axis.

    Source: the skip connections of Ronneberger, Fischer and Brox, U-Net (2015);
    `keras.layers.Concatenate`.
    """

    def __init__(self, axis: int = -1, **kwargs: Any):
        super().__init__(**kwargs)
        self.axis = axis

    @property
    def samples_apart(self):
        """Yes, unless the axis may be the batch axis."""
        return self.axis == -1 or self.axis > 0

    def build(self, input_shape):
        """Nothing to create: only check the shapes."""
        self.check_list(input_shape)
        rank = len(input_shape[0])
        fits = all(len(shape) == rank for shape in input_shape) and -rank <= self.axis < rank
        for axis in range(rank if fits else 0):
            sizes = {shape[axis] for shape in input_shape} - {None}
            fits &= len(sizes) < 2 or axis == self.axis % rank
        if not fits:
            raise ValueError(
                f"The `Concatenate` layer '{self.name}' requires inputs with matching shapes "
                f"except for the concatenation axis {self.axis}. "
                f"Received: input_shape={input_shape}"
            )

    def forward(self, inputs, training=False):
        """The joined array, and where the inputs end."""
        self.check_inputs(inputs)
        arrays = self.same_kind(inputs)
        ends = np.cumsum([x.shape[self.axis] for x in arrays])[:-1]
        return np.concatenate(arrays, axis=self.axis), (ends, [x.dtype.kind for x in inputs])

    def backward(self, dy, cache):
        """The parts of dy (None for integers), and no gradients of weights."""
        ends, kinds = cache
        parts = np.split(dy, ends, axis=self.axis)
        return [part if kind == "f" else None for part, kind in zip(parts, kinds)], []

    def compute_output_shape(self, input_shape):
        """The axis has the sum of the sizes."""
        self.check_list(input_shape)
        sizes = [shape[self.axis] for shape in input_shape]
        shape = list(input_shape[0])
        shape[self.axis] = None if None in sizes else sum(sizes)
        return tuple(shape)

    def compute_mask(self, inputs, previous_mask=None):
        """The masks joined in the same way; an input without a mask counts as True."""
        if previous_mask is None or all(mask is None for mask in previous_mask):
            return None
        masks = [
            np.ones(x.shape, bool) if mask is None else np.broadcast_to(_like(mask, x), x.shape)
            for x, mask in zip(inputs, previous_mask, strict=True)
        ]
        return np.concatenate(masks, axis=self.axis).any(axis=-1)


def _like(mask, x):
    return mask.reshape(*mask.shape, *(1,) * (x.ndim - mask.ndim))


def concatenate(inputs: Structure, axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate` as a function of the list of inputs."""
    return Concatenate(axis=axis, **kwargs)(inputs)
