"""Nadam."""

import math
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Nadam(Optimizer):
    """Adam with Nesterov's look ahead, and with a β₁ that grows.

        μₜ = β₁ (1 − ½ 0.96ᵗ),   Πₜ = μ₁ μ₂ … μₜ
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = μₜ₊₁ m / (1 − Πₜ₊₁) + (1 − μₜ) g / (1 − Πₜ)
        w ← w − η m̂ / (√(v / (1 − β₂ᵗ)) + ε)

    t counts the steps from 1. State: m, Keras's `momentum`, and v, `velocity`, of the weight's
    shape, and the number Π.

    Args:
        learning_rate: η, in units of weight.
        beta_1, beta_2: β₁ and β₂.
        epsilon: ε, outside the root.

    Source: Dozat 2015, "Incorporating Nesterov momentum into Adam" (there with a time-varying
    average m too).
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
        """The averages m and v, and Π."""
        self.add_slots("momentum", "velocity")
        dtype = self.weights[0].dtype if self.weights else config.floatx()
        self.product = self.add_variable("variable", np.ones((), dtype))

    def mu(self, t):
        """μₜ."""
        return self.beta_1 * (1 - 0.5 * 0.96**t)

    def update_weights(self, gradients):
        """Π moves once a step, before the weights."""
        self.product *= self.mu(self.iterations + 1)
        super().update_weights(gradients)

    def update(self, w, g, learning_rate, momentum, velocity):
        """The equations above."""
        t = self.iterations + 1
        product = float(self.product)
        of_momentum = self.mu(t + 1) / (1 - product * self.mu(t + 1))
        of_gradient = (1 - self.mu(t)) / (1 - product)
        of_root = 1 / math.sqrt(1 - self.beta_2**t)
        momentum += (1 - self.beta_1) * (g - momentum)
        velocity += (1 - self.beta_2) * (g * g - velocity)
        step = of_momentum * momentum + of_gradient * g
        w -= learning_rate * step / (of_root * np.sqrt(velocity) + self.epsilon)
