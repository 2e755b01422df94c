"""The exponential linear unit as a layer."""

from typing import Any

from reference_numpy import activations
from reference_numpy.layers.activations.function_layer import FunctionLayer


class ELU(FunctionLayer):
    """y = x where x > 0, else α (eˣ − 1); dy/dx = 1, or y + α (at x = 0: α).

    Shapes:
        x, y: any, both the same

    Args:
        alpha: α, minus the level that y falls to.

    Source: Clevert, Unterthiner and Hochreiter, Fast and Accurate Deep Network Learning by
    Exponential Linear Units (2016); `keras.layers.ELU`.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.alpha = alpha
        self.function = activations.Elu(alpha)
