"""Functions that set small inputs to zero."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.pieces import masked


class HardShrink(ActivationFunction):
    """y = x where |x| > threshold, else 0; dy/dx = 1 or 0 (0 at the jumps)."""

    def __init__(self, threshold: float = 0.5):
        self.threshold = threshold

    def forward(self, x):
        """x where it is large."""
        large = np.abs(x) > self.threshold
        return masked(x, large), large

    def backward(self, dy, cache):
        """dy where x is large."""
        return masked(dy, cache)


class SoftShrink(ActivationFunction):
    """y = sign(x) · max(|x| − threshold, 0); dy/dx = 1 where |x| > threshold, else 0.

    At the kinks |x| = threshold the derivative is 0.

    Source: Donoho, De-noising by Soft-Thresholding (1995).
    """

    def __init__(self, threshold: float = 0.5):
        self.threshold = threshold

    def forward(self, x):
        """x less what of it lies within the threshold."""
        y = np.asarray(np.clip(x, -self.threshold, self.threshold))
        return np.subtract(x, y, out=y), x

    def backward(self, dy, cache):
        """dy where x is large."""
        return masked(dy, np.abs(cache) > self.threshold)
