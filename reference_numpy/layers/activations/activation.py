"""An activation function as a layer."""

from reference_numpy import activations
from reference_numpy.layers.layer import Layer


class Activation(Layer):
    """y = f(x) for any activation function f.

    Args:
        activation: a name such as `"relu"`, or an activation function.

    Raises:
        ValueError: for an unknown name.
    """

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.supports_masking = True
        self.built = True

    def forward(self, x, training=False):
        """f(x), and the function's own cache."""
        return self.activation.forward(x)

    def backward(self, dy, cache):
        """dy ⊙ f′(x), and no gradients of weights."""
        return self.activation.backward(dy, cache), []
