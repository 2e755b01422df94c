"""Adamax."""

from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Adamax(Optimizer):
    """Adam with the largest gradient of the past in place of the root of the mean square.

        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g|)
        w ← w − η / (1 − β₁ᵗ) · m / (u + ε)

    t counts the steps from 1. State, of the weight's shape: m is Keras's `momentum`, u `norm`.

    Args:
        learning_rate: η, in units of weight.
        beta_1, beta_2: β₁ and β₂.
        epsilon: ε.

    Source: Kingma & Ba 2014, "Adam: a method for stochastic optimization", algorithm 2.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def create_slots(self):
        """The average m and the largest gradient u."""
        self.add_slots("momentum", "norm")

    def update(self, w, g, learning_rate, momentum, norm):
        """The equations above."""
        corrected = learning_rate / (1 - self.beta_1 ** (self.iterations + 1))
        momentum += (1 - self.beta_1) * (g - momentum)
        np.maximum(self.beta_2 * norm, np.abs(g), out=norm)
        w -= corrected * momentum / (norm + self.epsilon)
