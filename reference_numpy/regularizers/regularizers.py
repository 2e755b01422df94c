"""Keras's regularizers: penalties on weights and outputs, with their gradients."""

import numpy as np

from reference_numpy.serialization import Configurable


class Regularizer(Configurable):
    """A penalty: `regularizer(w)` is its value, `regularizer.gradient(w)` its gradient."""

    def __call__(self, w):
        """The penalty, a scalar."""
        raise TypeError(f"{type(self).__name__} does not say what it costs.")

    def gradient(self, w):
        """The penalty's gradient with respect to `w`, an array of its shape."""
        raise TypeError(f"{type(self).__name__} has no gradient.")


class L2(Regularizer):
    """λ Σ w²: weight decay. The gradient is 2 λ w.

    Args:
        l2: λ, 0 or more.
    """

    def __init__(self, l2=0.01):
        self.l2 = float(l2)

    def __call__(self, w):
        """λ Σ w²."""
        return self.l2 * np.sum(w * w)

    def gradient(self, w):
        """2 λ w."""
        return (2.0 * self.l2) * w
