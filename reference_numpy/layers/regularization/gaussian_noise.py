"""Noise added to the input."""

from typing import Any

from reference_numpy.kernels.rows_first import as_it_lies
from reference_numpy.layers.regularization.random_layer import RandomLayer


class GaussianNoise(RandomLayer):
    """In training y = x + n, n ~ N(0, stddev²) drawn anew at every call; at inference y = x.

    The noise does not depend on x, so dx = dy in both.

    Shapes:
        x, y, n: any, all the same

    Args:
        stddev: standard deviation of the noise in the units of x, between 0 and 1.
        seed: an integer for noise that repeats from run to run, or None.

    Raises:
        ValueError: for a standard deviation outside [0, 1].

    Source: Bishop, Training with Noise is Equivalent to Tikhonov Regularization (1995);
    `keras.layers.GaussianNoise`.
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any):
        super().__init__(seed=seed, **kwargs)
        self.stddev = self.fraction("stddev", stddev)

    def perturb(self, x):
        """x + n; the gradient passes unchanged, so nothing is kept."""
        noise = as_it_lies(self.seed_generator.normal(x.shape, 0.0, self.stddev, x.dtype), x)
        noise += x
        return noise, None
