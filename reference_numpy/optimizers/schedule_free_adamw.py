"""Schedule-free AdamW."""

import math
from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its weights as it goes, in place of a learning rate that decays.

        v ← β₂ v + (1 − β₂) g²
        x = (y − (1 − β₁) z) / β₁                        the average so far
        z ← z − ηₜ g / (√(v / (1 − β₂ᵗ)) + ε)            where the steps lead
        x ← (1 − 1 / t) x + z / t
        y ← (1 − β₁) z + β₁ x                            the weight, where g is taken

    t counts the steps from 1, and ηₜ = η min(1, t / warmup_steps).

    State, of the weight's shape: z is Keras's `momentum`, which begins as the weight, and v
    `velocity`.

    Args:
        learning_rate: η, in units of weight.
        beta_1: β₁, above 0, the share of the average in y.
        beta_2: β₂.
        epsilon: ε, outside the root.
        warmup_steps: steps in which the learning rate rises; 0 for none.

    Source: Defazio et al. 2024, "The road less scheduled", algorithm 1.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.warmup_steps = epsilon, warmup_steps

    def create_slots(self):
        """The point z and the average v."""
        for index, weight in enumerate(self.weights):
            self.add_slot(index, "momentum", weight.copy(order="K"))
            self.add_slot(index, "velocity", np.zeros_like(weight))

    def update(self, w, g, learning_rate, momentum, velocity):
        """The equations above; `w` is y and `momentum` is z."""
        t, z = self.iterations + 1, momentum
        if self.warmup_steps > 0:
            learning_rate *= min(t / self.warmup_steps, 1.0)
        velocity += (1 - self.beta_2) * (g * g - velocity)
        x = (w - (1 - self.beta_1) * z) / self.beta_1
        root = np.sqrt(velocity) / math.sqrt(1 - self.beta_2**t)
        z -= learning_rate * g / (root + self.epsilon)
        x += (z - x) / t
        w[...] = (1 - self.beta_1) * z + self.beta_1 * x
