"""Initializers without chance."""

import numpy as np

from reference_numpy import config
from reference_numpy.initializers.initializer import Initializer


class Zeros(Initializer):
    """All entries 0."""

    def __call__(self, shape, dtype=None):
        """An array of zeros."""
        return np.zeros(shape, dtype or config.floatx())


class Ones(Initializer):
    """All entries 1."""

    def __call__(self, shape, dtype=None):
        """An array of ones."""
        return np.ones(shape, dtype or config.floatx())
