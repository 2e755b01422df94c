"""A penalty on the values that pass through."""

from typing import Any

from reference_numpy import regularizers
from reference_numpy.layers.layer import Layer


class ActivityRegularization(Layer):
    """y = x, dx = dy; the model that holds the layer adds l1 Σ |y| + l2 Σ y² to its loss.

    The penalty and its gradient are those of `activity_regularizer`, divided by the batch size as
    for every layer that has one.

    Shapes:
        x, y: any, both the same

    Args:
        l1, l2: factors of the sums of magnitudes and of squares, 0 or more.

    Source: `keras.layers.ActivityRegularization`.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True
        self.built = True

    def forward(self, x, training=False):
        """x itself."""
        return x, None

    def backward(self, dy, cache):
        """dy itself."""
        return dy, []

    def compute_output_shape(self, input_shape):
        """The input's shape."""
        return input_shape

    def get_config(self):
        """The two factors, which say what the regularizer is."""
        config = super().get_config()
        del config["activity_regularizer"]
        return config
