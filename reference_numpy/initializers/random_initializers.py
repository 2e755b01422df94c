"""Initializers that draw at random."""

import math

from reference_numpy import config
from reference_numpy.initializers.initializer import Initializer
from reference_numpy.random import SeedGenerator


def compute_fans(shape):
    """Numbers of inputs and outputs of one unit, `(fan_in, fan_out)`, for a kernel of `shape`.

    A kernel is `(*window, inputs, outputs)`; every position of the window counts.
    """
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


class GlorotUniform(Initializer):
    """Uniform in [-a, a], a = √(6 / (fan_in + fan_out)): Xavier's initial values.

    Keeps the variance of activations and of gradients alike through the layers.
    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
    neural networks", equation 16.
    """

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        self.seed, self.input_axes, self.output_axes = seed, input_axes, output_axes

    def __call__(self, shape, dtype=None):
        """An array drawn for a kernel of `shape`."""
        limit = math.sqrt(6.0 / sum(compute_fans(shape)))
        return SeedGenerator(self.seed).uniform(shape, -limit, limit, dtype or config.floatx())
