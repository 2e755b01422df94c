"""An activation function as a layer."""

from typing import Any

from reference_numpy import activations
from reference_numpy.annotations import Named
from reference_numpy.layers.activations.function_layer import FunctionLayer


class Activation(FunctionLayer):
    """y = f(x), dx = dy ⊙ f′(x) for any activation function f.

    Shapes:
        x, y: any, both the same (`"glu"` halves the last axis)

    Args:
        activation: a name such as `"relu"`, an activation function, or a layer without weights.

    Raises:
        ValueError: for an unknown name.

    Source: Saito, Deep Learning from Scratch, sections 3.2 and 5.5; `keras.layers.Activation`.
    """

    def __init__(self, activation: Named, **kwargs: Any):
        super().__init__(**kwargs)
        self.activation = self.function = activations.get(activation)
