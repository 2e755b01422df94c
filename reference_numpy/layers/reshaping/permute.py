"""The axes in another order."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class Permute(Layer):
    """y = x with its axes in another order; backward puts them back.

    Shapes:
        x: (batch, …)   y: (batch, the sizes of the axes in `dims`)

    Args:
        dims: the axes of x in the order in which y has them, the batch axis (0) left out:
            `(2, 1)` swaps the two axes after it.

    Raises:
        ValueError: for `dims` that are not 1, 2, … in some order.
    """

    samples_apart = True

    def __init__(self, dims: Sequence[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"Layer '{self.name}': `dims` must hold every axis from 1 on once. "
                f"Received: dims={self.dims}"
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def forward(self, x, training=False):
        """x with its axes reordered, a view."""
        return x.transpose(0, *self.dims), None

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        return dy.transpose(np.argsort((0, *self.dims))), []

    def compute_output_shape(self, input_shape):
        """The sizes in the new order."""
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))
