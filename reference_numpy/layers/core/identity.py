"""The layer that does nothing."""

from typing import Any

from reference_numpy.layers.layer import Layer


class Identity(Layer):
    """y = x, dx = dy: a placeholder.

    Shapes:
        x, y: any, also a list or dictionary of arrays; both the same

    Source: `keras.layers.Identity`.
    """

    samples_apart = True

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def forward(self, x, training=False):
        """x itself."""
        return x, None

    def backward(self, dy, cache):
        """dy itself, and no gradients of weights."""
        return dy, []

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape
