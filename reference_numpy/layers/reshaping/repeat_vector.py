"""A vector repeated as a sequence."""

from typing import Any

from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer


class RepeatVector(Layer):
    """y[b, t] = x[b] for t = 1 … n. Backward: dx = Σₜ dy[:, t].

    Shapes:
        x: (batch, features)   y: (batch, n, features)

    Args:
        n: number of repetitions, 1 or more.

    Raises:
        TypeError: for an `n` that is no integer.
        ValueError: for an `n` below 1.
    """

    samples_apart = True

    def __init__(self, n: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.n = positive_integer(n, "n")
        self.input_spec = InputSpec(ndim=2)

    def forward(self, x, training=False):
        """The sequence of equal vectors."""
        return x[:, None].repeat(self.n, axis=1), None

    def backward(self, dy, cache):
        """dx, and no gradients of weights."""
        return dy.sum(axis=1), []

    def compute_output_shape(self, input_shape):
        """A time axis of `n` after the batch axis."""
        return (input_shape[0], self.n, input_shape[1])
