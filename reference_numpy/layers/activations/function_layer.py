"""What all layers share that are one activation function."""

from typing import Any

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.layers.layer import Layer


class FunctionLayer(Layer):
    """y = f(x), dx = dy ⊙ f′(x) for the activation function f in the attribute `function`.

    Integer inputs are computed in the layer's dtype and have no gradient.
    """

    samples_apart = True
    function: ActivationFunction

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def forward(self, x, training=False):
        """f(x), and the function's own cache."""
        y, cache = self.function.forward(self.as_float(x))
        return y, (cache, x.dtype.kind == "f")

    def backward(self, dy, cache):
        """dy ⊙ f′(x), and no gradients of weights."""
        function_cache, is_float = cache
        return self.function.backward(dy, function_cache) if is_float else None, []

    def compute_output_shape(self, input_shape):
        """The input's shape, but for functions that change it (`glu`)."""
        return self.function.compute_output_shape(input_shape)
