"""AdamW."""

from typing import Any

from reference_numpy.annotations import LearningRate
from reference_numpy.optimizers.adam import Adam


class AdamW(Adam):
    """Adam with decoupled weight decay: w ← w − η λ w before Adam's step.

    The decay does not go through the moments, unlike that of an L2 penalty in the loss.

    Args:
        learning_rate: η, in units of weight.
        weight_decay: λ.
        beta_1, beta_2, epsilon, amsgrad: as in `Adam`.

    Raises:
        ValueError: if `weight_decay` is None.

    Source: Loshchilov & Hutter 2017, "Decoupled weight decay regularization".
    """

    def __init__(
        self, learning_rate: LearningRate = 0.001, weight_decay: float = 0.004, **kwargs: Any
    ):
        super().__init__(learning_rate, weight_decay=weight_decay, **kwargs)
        if weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None")
