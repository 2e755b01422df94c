"""Dropout."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.kernels.rows_first import as_it_lies
from reference_numpy.layers.regularization.noise_shape import (
    concrete_noise_shape,
    standardize_noise_shape,
)
from reference_numpy.layers.regularization.random_layer import RandomLayer


class Dropout(RandomLayer):
    """In training y = x ⊙ m, dx = dy ⊙ m; at inference y = x, dx = dy.

    m is drawn anew at every call: 0 with the probability `rate`, else 1 / (1 − rate), so that y
    has the mean x in training too ("inverted" dropout).

    Shapes:
        x, y: any, both the same   m: x's, or `noise_shape`

    Args:
        rate: share of the inputs set to 0, between 0 and 1.
        noise_shape: shape of m, None standing for the input's size; m is the same along axes of
            size 1.
        seed: an integer for masks that repeat from run to run, or None.

    Raises:
        ValueError: for a rate outside [0, 1], or a noise shape that is none or does not fit x.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout (2014); Saito,
    Deep Learning from Scratch, section 6.4.3; `keras.layers.Dropout`.
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
        self.noise_shape = standardize_noise_shape(noise_shape)

    def mask_shape(self, shape):
        """The shape of m for an input of `shape`."""
        return concrete_noise_shape(self.noise_shape, shape)

    def perturb(self, x):
        """x ⊙ m, and m."""
        mask = self.seed_generator.keep_mask(self.mask_shape(x.shape), self.rate, x.dtype)
        mask = as_it_lies(mask, x)
        return x * mask, mask
