"""Dropout for self-normalizing networks."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.activations.exponential_units import SELU_ALPHA, SELU_SCALE
from reference_numpy.kernels.rows_first import as_it_lies
from reference_numpy.layers.regularization.noise_shape import concrete_noise_shape
from reference_numpy.layers.regularization.random_layer import RandomLayer


class AlphaDropout(RandomLayer):
    """In training y = a (x ⊙ k + α′ (1 − k)) + b, dx = a dy ⊙ k; at inference y = x.

    k is 0 with the probability `rate`, else 1: dropped inputs take α′ = −λα, the lowest value of
    `selu`. Then a = ((1 − rate) (1 + rate α′²))^(−½) and b = −a α′ rate bring mean 0 and variance 1
    back to what they were.

    Shapes:
        x, y: any, both the same   k: x's, or `noise_shape`

    Args:
        rate: share of the inputs that are dropped, between 0 and 1.
        noise_shape: shape of k, None standing for the input's size; k is the same along axes of
            size 1.
        seed: an integer for draws that repeat from run to run, or None.

    Raises:
        ValueError: for a rate outside [0, 1], in training for a rate of 1, and for a noise shape
            that does not fit x.

    Source: Klambauer, Unterthiner, Mayr and Hochreiter, Self-Normalizing Neural Networks (2017);
    `keras.layers.AlphaDropout`.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(seed=seed, **kwargs)
        self.rate = self.fraction("rate", rate)
        self.noise_shape = noise_shape

    def perturb(self, x):
        """a (x ⊙ k + α′ (1 − k)) + b, and a k."""
        rate, lowest = self.rate_below_one(), -SELU_ALPHA * SELU_SCALE
        a = ((1.0 - rate) * (1.0 + rate * lowest**2)) ** -0.5
        b = -a * lowest * rate
        draws = self.seed_generator.uniform(concrete_noise_shape(self.noise_shape, x.shape))
        kept = as_it_lies((draws >= rate).astype(x.dtype), x)
        y = x * kept
        y += lowest * (1.0 - kept)
        y *= a
        y += b
        kept *= a
        return y, kept
