"""Activation functions of one element each."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction


class Linear(ActivationFunction):
    """y = x, dy/dx = 1: the identity."""

    def forward(self, x):
        """x itself."""
        return x, None

    def backward(self, dy, cache):
        """dy itself."""
        return dy


class Relu(ActivationFunction):
    """y = max(x, 0), dy/dx = 1 where x > 0, else 0 (so 0 at the kink, as TensorFlow has it)."""

    def forward(self, x):
        """max(x, 0)."""
        y = np.maximum(x, 0)
        return y, y

    def backward(self, dy, cache):
        """dy where the output is above zero."""
        return dy * (cache > 0)


class Sigmoid(ActivationFunction):
    """y = 1 / (1 + e⁻ˣ) = ½ tanh(x/2) + ½, dy/dx = y (1 − y).

    The form with tanh overflows nowhere.
    """

    def forward(self, x):
        """The logistic function."""
        y = np.tanh(x * 0.5) * 0.5 + 0.5
        return y, y

    def backward(self, dy, cache):
        """dy · y (1 − y)."""
        return dy * (cache * (1.0 - cache))


class Tanh(ActivationFunction):
    """y = tanh x, dy/dx = 1 − y²."""

    def forward(self, x):
        """The hyperbolic tangent."""
        y = np.tanh(x)
        return y, y

    def backward(self, dy, cache):
        """dy · (1 − y²)."""
        return dy * (1.0 - cache * cache)
