"""Functions that multiply the input by a gate between 0 and 1."""

import math

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.normal_distribution import normal_distribution
from reference_numpy.activations.sigmoids import logistic
from reference_numpy.activations.soft_rectifiers import log_one_plus_exp


class Silu(ActivationFunction):
    """y = x σ(x), also called swish; dy/dx = σ(x) + y (1 − σ(x)).

    Source: Elfwing, Uchibe and Doya (2017); Ramachandran, Zoph and Le, Searching for Activation
    Functions (2017).
    """

    def forward(self, x):
        """x σ(x)."""
        gate = logistic(x)
        y = x * gate
        return y, (y, gate)

    def backward(self, dy, cache):
        """dy (σ + y (1 − σ))."""
        y, gate = cache
        dx = 1.0 - gate
        dx *= y
        dx += gate
        dx *= dy
        return dx


class HardSilu(ActivationFunction):
    """y = x · min(max(x + 3, 0), 6) / 6, also called hard swish.

    dy/dx = 0 where x ≤ −3, (2x + 3) / 6 where −3 < x < 3, 1 where x ≥ 3.

    Source: Howard et al., Searching for MobileNetV3 (2019).
    """

    def forward(self, x):
        """x times the hard sigmoid of x."""
        gate = np.asarray(x + 3.0)
        np.clip(gate, 0.0, 6.0, out=gate)
        gate *= 1.0 / 6.0
        return x * gate, (x, gate)

    def backward(self, dy, cache):
        """dy times the gate, and on its slope dy · x / 6 more."""
        x, gate = cache
        dx = x * (1.0 / 6.0)
        dx *= np.abs(x) < 3
        dx += gate
        dx *= dy
        return dx


class Gelu(ActivationFunction):
    """The Gaussian error linear unit.

        y = x Φ(x)                                            dy/dx = Φ(x) + x φ(x)
        y = ½ x (1 + t), t = tanh(√(2/π) (x + 0.044715 x³))   with `approximate`

    Φ and φ are the standard normal distribution's cumulative function and density.

    Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016).
    """

    def __init__(self, approximate: bool = False):
        self.approximate = approximate

    def forward(self, x):
        """x Φ(x), exact or by tanh."""
        if not self.approximate:
            cumulative, density = normal_distribution(x)
            return x * cumulative, (x, cumulative, density)
        # Beyond ±20 the tanh is ±1, and the cube of a larger x might overflow.
        bounded = np.clip(x, -20.0, 20.0)
        t = np.asarray(bounded * bounded)
        t *= 0.044715
        t += 1.0
        t *= bounded
        t *= math.sqrt(2.0 / math.pi)
        np.tanh(t, out=t)
        y = t + 1.0
        y *= x
        y *= 0.5
        return y, (bounded, t)

    def backward(self, dy, cache):
        """dy (Φ + x φ), or dy · ½ (1 + t + x (1 − t²) √(2/π) (1 + 3 · 0.044715 x²))."""
        if not self.approximate:
            x, cumulative, density = cache
            dx = x * density
            dx += cumulative
            dx *= dy
            return dx
        x, t = cache
        dx = x * x
        dx *= 3.0 * 0.044715
        dx += 1.0
        dx *= x
        dx *= math.sqrt(2.0 / math.pi)
        dx *= 1.0 - t * t
        dx += t
        dx += 1.0
        dx *= 0.5
        dx *= dy
        return dx


class Glu(ActivationFunction):
    """The gated linear unit: y = a σ(b), where a and b are the halves of x along `axis`.

    da = dy σ(b), db = dy · y (1 − σ(b)); dx is the two side by side.

    Raises:
        ValueError: if the axis cannot be halved.

    Source: Dauphin, Fan, Auli and Grangier, Language Modeling with Gated Convolutional Networks
    (2017).
    """

    def __init__(self, axis: int = -1):
        self.axis = axis

    def forward(self, x):
        """The first half times the sigmoid of the second."""
        self.compute_output_shape(x.shape)
        a, b = np.split(x, 2, axis=self.axis)
        gate = logistic(b)
        y = a * gate
        return y, (y, gate)

    def backward(self, dy, cache):
        """dy σ(b) and dy y (1 − σ(b))."""
        y, gate = cache
        return np.concatenate([dy * gate, dy * y * (1.0 - gate)], axis=self.axis)

    def compute_output_shape(self, input_shape):
        """The axis is halved."""
        shape = list(input_shape)
        if shape[self.axis] is not None:
            if shape[self.axis] % 2:
                raise ValueError(
                    "The axis that 'glu' splits must have an even size. "
                    f"Received: shape={tuple(input_shape)} with axis={self.axis}"
                )
            shape[self.axis] //= 2
        return tuple(shape)


class Mish(ActivationFunction):
    """y = x t, t = tanh(log(1 + eˣ)); dy/dx = t + x (1 − t²) σ(x).

    Source: Misra, Mish: A Self Regularized Non-Monotonic Activation Function (2019).
    """

    def forward(self, x):
        """x tanh(log(1 + eˣ))."""
        t = log_one_plus_exp(x)
        np.tanh(t, out=t)
        return x * t, (x, t)

    def backward(self, dy, cache):
        """dy (t + x (1 − t²) σ(x))."""
        x, t = cache
        dx = 1.0 - t * t
        dx *= logistic(x)
        dx *= x
        dx += t
        dx *= dy
        return dx
