"""Adam."""

import math
from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


def adam_step(
    w, g, learning_rate, momentum, velocity, t, beta_1, beta_2, epsilon, velocity_hat=None
):
    """One step of Adam: the equations below, in place, with one temporary array."""
    corrected = learning_rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    step = np.multiply(g, 1 - beta_1, out=np.empty_like(w))
    momentum *= beta_1
    momentum += step
    np.multiply(g, g, out=step)
    step *= 1 - beta_2
    velocity *= beta_2
    velocity += step
    if velocity_hat is not None:
        velocity = np.maximum(velocity_hat, velocity, out=velocity_hat)
    np.sqrt(velocity, out=step)
    step += epsilon
    np.divide(momentum, step, out=step)
    step *= corrected
    w -= step


class Adam(Optimizer):
    """Momentum and RMSprop in one, corrected for the averages' start at 0.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        w ← w − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)

    t counts the steps from 1. With `amsgrad` v̂ ← max(v̂, v) stands in the root in place of v.

    State, of the weight's shape: m is Keras's `momentum`, v `velocity`, v̂ `velocity_hat`.

    Args:
        learning_rate: η, in units of weight.
        beta_1, beta_2: β₁ and β₂.
        epsilon: ε, outside the root; the paper's ε̂, since the corrections are taken out of it.
        amsgrad: whether v may only grow.

    Source: Kingma & Ba 2014, "Adam: a method for stochastic optimization", end of section 2; Reddi,
    Kale & Kumar 2018, "On the convergence of Adam and beyond" (AMSGrad); Saito, Deep Learning from
    Scratch, section 6.1.6.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.beta_1, self.beta_2 = beta_1, beta_2
        self.epsilon, self.amsgrad = epsilon, amsgrad

    def create_slots(self):
        """The averages m and v, and v̂."""
        self.add_slots("momentum", "velocity")
        if self.amsgrad:
            self.add_slots("velocity_hat")

    def update(self, w, g, learning_rate, momentum, velocity, velocity_hat=None):
        """The equations above."""
        numbers = self.iterations + 1, self.beta_1, self.beta_2, self.epsilon
        adam_step(w, g, learning_rate, momentum, velocity, *numbers, velocity_hat)
