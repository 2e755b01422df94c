"""Functions that rise from one level to another: sigmoid, tanh and their relatives."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.pieces import masked


def logistic(x):
    """1 / (1 + e⁻ˣ), to a few roundings for every x.

    e⁻ˣ may become infinite for very negative x; the quotient is then 0, as it should be.
    (½ tanh(x/2) + ½ is a quarter faster but has no correct digit left below x = −17 in float32.)
    """
    y = np.asarray(np.negative(x))
    with np.errstate(over="ignore"):
        np.exp(y, out=y)
    y += 1.0
    return np.divide(1.0, y, out=y)


class Sigmoid(ActivationFunction):
    """y = σ(x) = 1 / (1 + e⁻ˣ), dy/dx = y (1 − y).

    Source: Saito, Deep Learning from Scratch, sections 3.2.4 and 5.5.2.
    """

    def forward(self, x):
        """The logistic function."""
        y = logistic(x)
        return y, y

    def backward(self, dy, cache):
        """dy · y (1 − y)."""
        dx = 1.0 - cache
        dx *= cache
        dx *= dy
        return dx


class HardSigmoid(ActivationFunction):
    """y = min(max(x + 3, 0), 6) / 6, dy/dx = 1/6 where −3 < x < 3, else 0 (0 at both kinks).

    Source: Courbariaux, Bengio and David, BinaryConnect (2015), with Keras's slope.
    """

    def forward(self, x):
        """The line from (−3, 0) to (3, 1), flat outside."""
        y = np.asarray(x + 3.0)
        np.clip(y, 0.0, 6.0, out=y)
        y *= 1.0 / 6.0
        return y, x

    def backward(self, dy, cache):
        """dy / 6 on the slope."""
        dx = masked(dy, np.abs(cache) < 3)
        dx *= 1.0 / 6.0
        return dx


class SparseSigmoid(ActivationFunction):
    """y = ½ (1 + min(max(x, −1), 1)), dy/dx = ½ where −1 < x < 1, else 0 (0 at both kinks).

    Source: Blondel, Martins and Niculae, Learning with Fenchel-Young Losses (2020).
    """

    def forward(self, x):
        """The line from (−1, 0) to (1, 1), flat outside."""
        y = np.clip(x, -1.0, 1.0)
        y += 1.0
        y *= 0.5
        return y, x

    def backward(self, dy, cache):
        """dy / 2 on the slope."""
        dx = masked(dy, np.abs(cache) < 1)
        dx *= 0.5
        return dx


class Tanh(ActivationFunction):
    """y = tanh x, dy/dx = 1 − y².

    Source: LeCun et al., Efficient BackProp (1998).
    """

    def forward(self, x):
        """The hyperbolic tangent."""
        y = np.tanh(x)
        return y, y

    def backward(self, dy, cache):
        """dy · (1 − y²)."""
        dx = np.asarray(cache * cache)
        np.subtract(1.0, dx, out=dx)
        dx *= dy
        return dx


class HardTanh(ActivationFunction):
    """y = min(max(x, −1), 1), dy/dx = 1 where −1 ≤ x ≤ 1, else 0 (1 at both kinks).

    Source: Collobert, Large Scale Machine Learning (2004).
    """

    def forward(self, x):
        """x clipped to [−1, 1]."""
        return np.clip(x, -1.0, 1.0), x

    def backward(self, dy, cache):
        """dy where the output follows x."""
        return masked(dy, np.abs(cache) <= 1)


class TanhShrink(ActivationFunction):
    """y = x − tanh x, dy/dx = tanh² x."""

    def forward(self, x):
        """x less its hyperbolic tangent."""
        t = np.tanh(x)
        return x - t, t

    def backward(self, dy, cache):
        """dy · tanh² x."""
        dx = cache * cache
        dx *= dy
        return dx
