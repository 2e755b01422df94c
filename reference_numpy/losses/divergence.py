"""How far one distribution is from another."""

import numpy as np

from reference_numpy.annotations import DType
from reference_numpy.losses.loss import ElementwiseLoss
from reference_numpy.losses.probabilities import clip


class KLDivergence(ElementwiseLoss):
    """Σ_k t_k log(t_k / y_k): what it costs to take the distribution y for the true one, t.

        dy_k = −t_k / y_k for ε ≤ y_k ≤ 1, else 0

    Both are cut off at ε = `config.epsilon()` and 1. In nats.

    Shapes:
        y_true, y_pred: (batch, …, classes)   values: (batch, …)

    Source: Goodfellow et al., Deep Learning (2016), section 3.13.
    """

    mean = False

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """t log(t / y)."""
        t, _ = clip(t, high=1.0)
        y, inside = clip(y, high=1.0)
        return t * np.log(t / y), (t, y, inside)

    def df(self, cache):
        """−t / y within the bounds."""
        t, y, inside = cache
        return -t / y * inside
