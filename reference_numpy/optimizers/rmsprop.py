"""RMSprop."""

from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class RMSprop(Optimizer):
    """AdaGrad that forgets: the squared gradients' moving average instead of their sum.

        h ← ρ h + (1 − ρ) g²
        u = η g / √(h + ε)                            or, centered, with a ← ρ a + (1 − ρ) g:
        u = η g / √(h − a² + ε)
        w ← w − u                                     or, with momentum μ > 0:
        v ← μ v + u,   w ← w − v

    State, of the weight's shape: h is Keras's `velocity`, v `momentum` and a `average_gradient`.

    Args:
        learning_rate: η, in units of weight.
        rho: ρ.
        momentum: μ.
        epsilon: ε, inside the root.
        centered: whether the variance of the gradient, instead of its second moment, is used.

    Source: Tieleman & Hinton 2012, COURSERA Neural Networks for Machine Learning, lecture 6e;
    Graves 2013, "Generating sequences with recurrent neural networks", section 4.2 (centered).
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        self.rho, self.momentum = rho, momentum
        self.epsilon, self.centered = epsilon, centered

    def create_slots(self):
        """The averages h and a, and v."""
        self.add_slots("velocity")
        if self.momentum > 0:
            self.add_slots("momentum")
        if self.centered:
            self.add_slots("average_gradient")

    def update(self, w, g, learning_rate, velocity, momentum=None, average_gradient=None):
        """The equations above."""
        velocity += (1 - self.rho) * (g * g - velocity)
        variance = velocity
        if self.centered:
            average_gradient += (1 - self.rho) * (g - average_gradient)
            variance = velocity - average_gradient * average_gradient
        step = learning_rate * g / np.sqrt(variance + self.epsilon)
        if momentum is not None:
            momentum *= self.momentum
            momentum += step
            step = momentum
        w -= step
