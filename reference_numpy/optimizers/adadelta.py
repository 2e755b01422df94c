"""AdaDelta."""

from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Adadelta(Optimizer):
    """Steps in the units of the weight: the size of past steps over the size of past gradients.

        h ← ρ h + (1 − ρ) g²
        u = g √(d + ε) / √(h + ε)
        d ← ρ d + (1 − ρ) u²
        w ← w − η u

    State, of the weight's shape: h is Keras's `accumulated_grad`, d `accumulated_delta_var`.

    Args:
        learning_rate: η, without unit; the paper has 1.
        rho: ρ.
        epsilon: ε, inside both roots.

    Source: Zeiler 2012, "ADADELTA: an adaptive learning rate method", algorithm 1.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.rho, self.epsilon = rho, epsilon

    def create_slots(self):
        """The averages h and d."""
        self.add_slots("accumulated_grad", "accumulated_delta_var")

    def update(self, w, g, learning_rate, accumulated_grad, accumulated_delta_var):
        """The equations above."""
        accumulated_grad += (1 - self.rho) * (g * g - accumulated_grad)
        step = g * np.sqrt(
            (accumulated_delta_var + self.epsilon) / (accumulated_grad + self.epsilon)
        )
        accumulated_delta_var += (1 - self.rho) * (step * step - accumulated_delta_var)
        w -= learning_rate * step
