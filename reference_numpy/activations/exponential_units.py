"""Functions with an exponential branch below zero."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.pieces import blend, negative_part, positive_part

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


class Exponential(ActivationFunction):
    """y = eˣ, dy/dx = y. Beyond the dtype's range y is infinite."""

    def forward(self, x):
        """eˣ."""
        with np.errstate(over="ignore"):
            y = np.exp(x)
        return y, y

    def backward(self, dy, cache):
        """dy · y."""
        return dy * cache


class Elu(ActivationFunction):
    """The exponential linear unit.

        y = x where x > 0, else α (eˣ − 1)        dy/dx = 1 or y + α

    At x = 0, a kink unless α is 1, the derivative is α.

    Source: Clevert, Unterthiner and Hochreiter (2016).
    """

    def __init__(self, alpha: float = 1.0):
        self.alpha = alpha

    def forward(self, x):
        """x, or α (eˣ − 1) below zero; e is never raised to a positive power."""
        y = negative_part(x)
        np.expm1(y, out=y)
        y *= self.alpha
        y += positive_part(x)
        return y, (x, y)

    def backward(self, dy, cache):
        """dy, or dy (y + α) below zero."""
        x, y = cache
        dx = blend(x > 0, 1.0, y + self.alpha)
        dx *= dy
        return dx


class Selu(ActivationFunction):
    """The scaled exponential linear unit, which keeps mean 0 and variance 1 through the layers.

        y = λ x where x > 0, else λα (eˣ − 1)     dy/dx = λ or y + λα

    with α = 1.6732632…, λ = 1.0507009…. At x = 0, a kink, the derivative is λ.

    Source: Klambauer, Unterthiner, Mayr and Hochreiter, Self-Normalizing Neural Networks (2017).
    """

    def forward(self, x):
        """λ x, or λα (eˣ − 1) below zero."""
        y = negative_part(x)
        np.expm1(y, out=y)
        y *= SELU_SCALE * SELU_ALPHA
        y += SELU_SCALE * positive_part(x)
        return y, y

    def backward(self, dy, cache):
        """dy λ, or dy (y + λα) below zero."""
        dx = blend(cache >= 0, SELU_SCALE, cache + SELU_SCALE * SELU_ALPHA)
        dx *= dy
        return dx


class Celu(ActivationFunction):
    """The exponential linear unit whose derivative is continuous for every α.

        y = max(x, 0) + α (e^{min(x, 0) / α} − 1)     dy/dx = e^{min(x, 0) / α}

    At x = 0 the derivative is 1 from both sides, and so it is here.

    Raises:
        ValueError: for α = 0.

    Source: Barron, Continuously Differentiable Exponential Linear Units (2017).
    """

    def __init__(self, alpha: float = 1.0):
        if alpha == 0:
            raise ValueError("The argument `alpha` of 'celu' cannot be 0, it divides the input.")
        self.alpha = alpha

    def forward(self, x):
        """x, or α (e^{x/α} − 1) below zero."""
        decay = negative_part(x)
        decay /= self.alpha
        np.expm1(decay, out=decay)
        y = positive_part(x)
        y += self.alpha * decay
        return y, decay

    def backward(self, dy, cache):
        """dy · e^{min(x, 0) / α}."""
        dx = cache + 1.0
        dx *= dy
        return dx
