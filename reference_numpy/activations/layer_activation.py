"""A layer in the place of an activation function."""

from typing import Any

from reference_numpy import serialization
from reference_numpy.activations.activation_function import ActivationFunction


class LayerActivation(ActivationFunction):
    """A layer without weights used as an activation function, `Conv2D(…, activation=LeakyReLU())`.

    Args:
        layer: the layer. It keeps its own dtype policy, as in Keras.

    Raises:
        NotImplementedError: on the first call, for a layer with weights (`PReLU`).
    """

    def __init__(self, layer: Any):
        self.layer = layer

    def forward(self, x):
        """The layer's output."""
        y, cache = self.layer.forward(x)
        if self.layer.weights:
            raise NotImplementedError(
                f"The layer '{self.layer.name}' has weights and cannot be used as the activation "
                "of another layer. Put it behind that layer instead."
            )
        return y, (cache, x.dtype)

    def backward(self, dy, cache):
        """The layer's input gradient, in the dtype of the input."""
        cache, dtype = cache
        return self.layer.backward(dy, cache)[0].astype(dtype, copy=False)

    def compute_output_shape(self, input_shape):
        """The layer's output shape."""
        return self.layer.compute_output_shape(input_shape)

    def serialize(self):
        """The layer's own config."""
        return serialization.serialize(self.layer)
