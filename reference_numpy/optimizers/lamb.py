"""Lamb."""

import math
from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.clipping import norm
from reference_numpy.optimizers.optimizer import Optimizer


class Lamb(Optimizer):
    """Adam whose step on a weight has the weight's own length, for very large batches.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
        w ← w − η r u,   r = ‖w‖ / ‖u‖, or 1 where either norm is 0

    t counts the steps from 1. State, of the weight's shape: m is Keras's `momentum`, v `velocity`.

    Args:
        learning_rate: η, as a share of the weight.
        beta_1, beta_2: β₁ and β₂.
        epsilon: ε, outside the root.

    Source: You et al. 2019, "Large batch optimization for deep learning", algorithm 2.
    """

    elementwise = False

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
        """The averages m and v."""
        self.add_slots("momentum", "velocity")

    def update(self, w, g, learning_rate, momentum, velocity):
        """The equations above."""
        t = self.iterations + 1
        momentum += (1 - self.beta_1) * (g - momentum)
        velocity += (1 - self.beta_2) * (g * g - velocity)
        root = np.sqrt(velocity) / math.sqrt(1 - self.beta_2**t)
        u = momentum / (1 - self.beta_1**t) / (root + self.epsilon)
        lengths = norm([w]), norm([u])
        ratio = lengths[0] / lengths[1] if all(lengths) else 1.0
        w -= learning_rate * ratio * u
