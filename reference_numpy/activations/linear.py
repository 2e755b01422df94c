"""The identity, and the step function of the first perceptrons."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.serialization import class_config


class Linear(ActivationFunction):
    """y = x, dy/dx = 1: the identity."""

    def forward(self, x):
        """x itself."""
        return x, None

    def backward(self, dy, cache):
        """dy itself."""
        return dy


class Step(ActivationFunction):
    """y = 1 where x > 0, else 0 (so 0 at x = 0); dy/dx = 0.

    The derivative is 0 wherever there is one, and is taken as 0 at the jump too: a network of
    step functions cannot be trained by gradients. Keras has no step function.

    Source: Saito, Deep Learning from Scratch, section 3.2; Rosenblatt, The Perceptron (1958).
    """

    def forward(self, x):
        """1 where x > 0, else 0."""
        return (x > 0).astype(x.dtype), None

    def backward(self, dy, cache):
        """Zeros."""
        return np.zeros_like(dy)

    def serialize(self):
        """A config of this package, since Keras has no step function."""
        return class_config(self)
