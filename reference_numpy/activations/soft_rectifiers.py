"""Smooth relatives of the rectifier and of the sign."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.pieces import positive_part
from reference_numpy.activations.sigmoids import logistic


def log_one_plus_exp(x):
    """log(1 + eˣ) = max(x, 0) + log(1 + e^{−|x|}), which overflows nowhere."""
    y = np.asarray(np.abs(x))
    np.negative(y, out=y)
    np.exp(y, out=y)
    np.log1p(y, out=y)
    y += positive_part(x)
    return y


class Softplus(ActivationFunction):
    """y = log(1 + eˣ), dy/dx = σ(x).

    Source: Dugas et al., Incorporating Second-Order Functional Knowledge (2001).
    """

    def forward(self, x):
        """log(1 + eˣ)."""
        return log_one_plus_exp(x), x

    def backward(self, dy, cache):
        """dy · σ(x)."""
        dx = logistic(cache)
        dx *= dy
        return dx


class LogSigmoid(ActivationFunction):
    """y = log σ(x) = −log(1 + e⁻ˣ), dy/dx = σ(−x)."""

    def forward(self, x):
        """log σ(x)."""
        y = log_one_plus_exp(-x)
        return np.negative(y, out=y), x

    def backward(self, dy, cache):
        """dy · σ(−x)."""
        dx = logistic(-cache)
        dx *= dy
        return dx


class Squareplus(ActivationFunction):
    """y = ½ (x + √(x² + b)), dy/dx = ½ (1 + x / √(x² + b)).

    Args:
        b: how round the corner is; 0 gives the rectifier.

    Raises:
        ValueError: for a negative b.

    Source: Barron, Squareplus: A Softplus-Like Algebraic Rectifier (2021).
    """

    def __init__(self, b: float = 4):
        if b < 0:
            raise ValueError(f"The argument `b` of 'squareplus' cannot be negative. Received: {b}")
        self.b = b

    def forward(self, x):
        """½ (x + √(x² + b)), the root without squaring a large x."""
        root = np.hypot(x, float(self.b) ** 0.5)
        y = x + root
        y *= 0.5
        return y, (x, root)

    def backward(self, dy, cache):
        """dy · ½ (1 + x / √(x² + b))."""
        x, root = cache
        dx = x / root
        dx += 1.0
        dx *= 0.5
        dx *= dy
        return dx


class SparsePlus(ActivationFunction):
    """The integral of the sparse sigmoid.

        y = 0 where x ≤ −1, ¼ (x + 1)² where −1 < x < 1, x where x ≥ 1
        dy/dx = ½ (1 + min(max(x, −1), 1)), continuous everywhere

    Source: Blondel, Martins and Niculae, Learning with Fenchel-Young Losses (2020).
    """

    def forward(self, x):
        """The parabola between 0 and x."""
        df = np.clip(x, -1.0, 1.0)
        df += 1.0
        df *= 0.5
        y = df * df
        y += positive_part(x - 1.0)
        return y, df

    def backward(self, dy, cache):
        """dy times the sparse sigmoid of x."""
        return dy * cache


class Softsign(ActivationFunction):
    """y = x / (1 + |x|), dy/dx = 1 / (1 + |x|)².

    Source: Bergstra, Desjardins, Lamblin and Bengio, Quadratic Polynomials Learn Better Image
    Features (2009).
    """

    def forward(self, x):
        """x / (1 + |x|)."""
        size = np.abs(x)
        size += 1.0
        return x / size, size

    def backward(self, dy, cache):
        """dy / (1 + |x|)², divided twice since the square may overflow."""
        dx = dy / cache
        dx /= cache
        return dx
