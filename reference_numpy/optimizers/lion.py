"""Lion."""

from typing import Any

import numpy as np

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.optimizer import Optimizer


class Lion(Optimizer):
    """Only the sign of the momentum counts: every entry moves by η.

        w ← w − η sign(β₁ m + (1 − β₁) g)
        m ← β₂ m + (1 − β₂) g

    sign(0) is 0. State: m, Keras's `momentum`, of the weight's shape.

    Args:
        learning_rate: η, in units of weight.
        beta_1: β₁, above 0 and at most 1.
        beta_2: β₂.

    Raises:
        ValueError: for a `beta_1` out of range.

    Source: Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **kwargs: Any,
    ):
        super().__init__(learning_rate, **kwargs)
        if not 0 < beta_1 <= 1:
            raise ValueError(
                "Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer "
                f"degenerates to SignSGD. Received: beta_1={beta_1}."
            )
        self.beta_1, self.beta_2 = beta_1, beta_2

    def create_slots(self):
        """The average m."""
        self.add_slots("momentum")

    def update(self, w, g, learning_rate, momentum):
        """The equations above."""
        w -= learning_rate * np.sign(self.beta_1 * momentum + (1 - self.beta_1) * g)
        momentum *= self.beta_2
        momentum += (1 - self.beta_2) * g
