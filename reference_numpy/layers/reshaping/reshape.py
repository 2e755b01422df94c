"""The same entries in another shape."""

import math
from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.layer import Layer


class Reshape(Layer):
    """y[b] = the entries of x[b], in row-major order, in `target_shape`.

    Backward: dx[b] = the entries of dy[b] in the shape of x[b].

    Shapes:
        x: (batch, …)   y: (batch, *target_shape), with as many entries

    Args:
        target_shape: the sizes without the batch axis; one of them may be -1 and is then what the
            number of entries leaves for it.

    Raises:
        ValueError: for a size below -1 or a second -1, and for an input whose entries do not fill
            `target_shape`.
    """

    samples_apart = True

    def __init__(self, target_shape: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        if any(size < -1 for size in self.target_shape) or self.target_shape.count(-1) > 1:
            raise ValueError(
                f"Layer '{self.name}': the sizes in `target_shape` must be 0 or more, one of them "
                f"may be -1. Received: target_shape={self.target_shape}"
            )
        self.built = True

    def forward(self, x, training=False):
        """x in the new shape, and its old one."""
        return x.reshape(self.compute_output_shape(x.shape)), x.shape

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        return dy.reshape(cache), []

    def compute_output_shape(self, input_shape):
        """The batch axis and `target_shape`; -1 is None while the input has unknown sizes."""
        batch, *rest = input_shape
        if None in rest:
            return (batch, *(None if size == -1 else size for size in self.target_shape))
        entries = math.prod(rest)
        known = math.prod(size for size in self.target_shape if size != -1)
        if -1 not in self.target_shape:
            fits = entries == known
        else:
            fits = known > 0 and entries % known == 0
        if not fits:
            raise ValueError(
                f"Layer '{self.name}': an input of shape {tuple(input_shape)} has {entries} "
                f"entries for each sample, which do not fill target_shape={self.target_shape}."
            )
        return (batch, *(entries // known if size == -1 else size for size in self.target_shape))
