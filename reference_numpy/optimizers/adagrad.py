"""AdaGrad."""

from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Adagrad(Optimizer):
    """A learning rate of its own for every entry, smaller the more it has moved.

        h ← h + g²,   w ← w − η g / √(h + ε)

    State: h, Keras's `accumulator`, of the weight's shape.

    Args:
        learning_rate: η, in units of weight.
        initial_accumulator_value: h before the first step.
        epsilon: ε, inside the root.

    Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods"; Saito, Deep Learning from
    Scratch, section 6.1.5 (ε there is outside the root).
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def create_slots(self):
        """The sum h of the squared gradients."""
        self.add_slots("accumulator", initial_values=self.initial_accumulator_value)

    def update(self, w, g, learning_rate, accumulator):
        """The equations above."""
        accumulator += g * g
        w -= learning_rate * g / np.sqrt(accumulator + self.epsilon)
