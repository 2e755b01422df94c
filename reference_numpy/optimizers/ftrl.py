"""Follow the regularized leader."""

from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Ftrl(Optimizer):
    """AdaGrad that finds weights which are exactly 0.

        h' = h + g²
        z ← z + g + 2 λₛ w − (h'⁻ᵖ − h⁻ᵖ) / η · w,   h ← h'
        w ← (clip(z, −λ₁, λ₁) − z) / (h⁻ᵖ / η + 2 λ₂ + β / η)

    State, of the weight's shape: h is Keras's `accumulator`, z `linear`.

    Args:
        learning_rate: η, in units of weight.
        learning_rate_power: p, 0 or less; −½ makes h⁻ᵖ the root.
        initial_accumulator_value: h before the first step, 0 or more.
        l1_regularization_strength: λ₁, below which |z| makes the weight 0.
        l2_regularization_strength: λ₂, a penalty on all past steps.
        l2_shrinkage_regularization_strength: λₛ, a penalty on this step's loss.
        beta: β of the paper.

    Raises:
        ValueError: for values out of range, and in a step for a learning rate of 0.

    Source: McMahan et al. 2013, "Ad click prediction: a view from the trenches", algorithm 1.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        if learning_rate_power > 0.0:
            raise ValueError(
                "`learning_rate_power` needs to be negative or zero. "
                f"Received: learning_rate_power={learning_rate_power}"
            )
        not_negative = {
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
        }
        for name, value in not_negative.items():
            if value < 0.0:
                raise ValueError(f"`{name}` needs to be positive or zero. Received: {name}={value}")
            setattr(self, name, value)
        self.learning_rate_power, self.beta = learning_rate_power, beta

    def create_slots(self):
        """The sum h of the squared gradients, and z."""
        values = [self.initial_accumulator_value, 0.0]
        self.add_slots("accumulator", "linear", initial_values=values)

    def update(self, w, g, learning_rate, accumulator, linear):
        """The equations above."""
        if learning_rate == 0:
            raise ValueError(
                f"The optimizer '{self.name}' divides by the learning rate, which is 0."
            )
        power, l1 = -self.learning_rate_power, self.l1_regularization_strength
        before = accumulator**power
        accumulator += g * g
        after = accumulator**power
        linear += g + (2 * self.l2_shrinkage_regularization_strength) * w
        linear -= (after - before) / learning_rate * w
        quadratic = after / learning_rate + (
            2 * self.l2_regularization_strength + self.beta / learning_rate
        )
        w[...] = (np.clip(linear, -l1, l1) - linear) / quadratic
