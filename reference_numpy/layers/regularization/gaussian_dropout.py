"""Dropout by Gaussian factors."""

from typing import Any

from reference_numpy.kernels.rows_first import as_it_lies
from reference_numpy.layers.regularization.random_layer import RandomLayer


class GaussianDropout(RandomLayer):
    """In training y = x ⊙ m, dx = dy ⊙ m, m ~ N(1, rate / (1 − rate)); at inference y = x.

    m has the mean and the variance of the mask of `Dropout` with the same rate.

    Shapes:
        x, y, m: any, all the same

    Args:
        rate: the rate of the dropout that this is like, between 0 and 1.
        seed: an integer for factors that repeat from run to run, or None.

    Raises:
        ValueError: for a rate outside [0, 1], and in training for a rate of 1.

    Source: Srivastava et al., Dropout (2014), section 10; `keras.layers.GaussianDropout`.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed=seed, **kwargs)
        self.rate = self.fraction("rate", rate)

    def perturb(self, x):
        """x ⊙ m, and m."""
        rate = self.rate_below_one()
        stddev = (rate / (1.0 - rate)) ** 0.5
        mask = as_it_lies(self.seed_generator.normal(x.shape, 1.0, stddev, x.dtype), x)
        return x * mask, mask
