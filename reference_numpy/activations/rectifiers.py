"""Rectifiers: functions made of straight pieces, the identity being one of them."""

import numpy as np

from reference_numpy.activations.activation_function import ActivationFunction
from reference_numpy.activations.pieces import blend, masked, negative_part, positive_part


class Relu(ActivationFunction):
    """The rectified linear unit, in general form.

        y = max(x, 0)                                    with the default arguments
        y = min(x, max_value)          where x > threshold
        y = negative_slope · (x − threshold)             elsewhere

    The derivative is 1 on the first piece, 0 where `max_value` holds y back, `negative_slope`
    below the threshold. At the kinks it is TensorFlow's: at x = threshold it is 0 (with a slope
    but neither maximum nor threshold it is the slope), at x = max_value it is 1 (0 if that is 6
    and there is no threshold, TensorFlow's ReLU6).

    Args:
        negative_slope: slope below the threshold.
        max_value: largest output, or None.
        threshold: where the function leaves zero.

    Source: Nair and Hinton (2010); Saito, Deep Learning from Scratch, section 3.2.7.
    """

    def __init__(
        self, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
    ):
        self.negative_slope = negative_slope
        self.max_value = max_value
        self.threshold = threshold
        self.is_leaky = negative_slope != 0.0 and max_value is None and threshold == 0
        self.is_plain = negative_slope == 0.0 and max_value is None and threshold == 0

    def forward(self, x):
        """max(x, 0) or its general form."""
        if self.is_plain:
            y = positive_part(x)
            return y, y
        if self.is_leaky:
            return LeakyRelu(self.negative_slope).forward(x)
        y = positive_part(x) if self.threshold == 0 else masked(x, x > self.threshold)
        if self.max_value is not None:
            np.clip(y, 0.0, self.max_value, out=y)
        if self.negative_slope != 0.0:
            y += self.negative_slope * negative_part(x - self.threshold)
        return y, x

    def backward(self, dy, cache):
        """dy times the slope of the piece that x is on."""
        if self.is_plain:
            return masked(dy, cache > 0)
        if self.is_leaky:
            return LeakyRelu(self.negative_slope).backward(dy, cache)
        x = cache
        rising = x > self.threshold
        if self.max_value == 6 and self.threshold == 0:
            rising &= x < 6
        elif self.max_value is not None:
            rising &= (x >= 0) & (x <= self.max_value)
        dx = masked(dy, rising)
        if self.negative_slope != 0.0:
            dx += self.negative_slope * masked(dy, x < self.threshold)
        return dx


class Relu6(ActivationFunction):
    """y = min(max(x, 0), 6), dy/dx = 1 where 0 < x < 6, else 0 (so 0 at both kinks).

    Source: Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10 (2010).
    """

    def forward(self, x):
        """x clipped to [0, 6]."""
        y = np.clip(x, 0.0, 6.0)
        return y, y

    def backward(self, dy, cache):
        """dy where the output is strictly between 0 and 6."""
        return masked(dy, (cache > 0) & (cache < 6))


class LeakyRelu(ActivationFunction):
    """y = x where x > 0, else negative_slope · x; dy/dx = 1 or the slope (at x = 0: the slope).

    Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models
    (2013).
    """

    def __init__(self, negative_slope: float = 0.2):
        self.negative_slope = negative_slope

    def forward(self, x):
        """The higher of the two lines (the lower one where the slope is above 1)."""
        y = np.asarray(x * self.negative_slope)
        choose = np.maximum if self.negative_slope <= 1 else np.minimum
        return choose(x, y, out=y), x

    def backward(self, dy, cache):
        """dy where x > 0, else dy times the slope."""
        dx = blend(cache > 0, 1.0, np.full_like(dy, self.negative_slope))
        dx *= dy
        return dx


class Threshold(ActivationFunction):
    """y = x where x > threshold, else default_value; dy/dx = 1 above the threshold, else 0.

    Both arguments must be given, `threshold(x, 1.0, 0.0)`; without them the call raises TypeError.
    """

    def __init__(self, threshold: float | None = None, default_value: float | None = None):
        self.threshold = threshold
        self.default_value = default_value

    def forward(self, x):
        """x above the threshold, else the default."""
        if self.threshold is None or self.default_value is None:
            raise TypeError(
                "The activation function 'threshold' needs its arguments `threshold` and "
                f"`default_value`. Received: threshold={self.threshold}, "
                f"default_value={self.default_value}"
            )
        above = x > self.threshold
        return np.where(above, x, x.dtype.type(self.default_value)), above

    def backward(self, dy, cache):
        """dy above the threshold."""
        return masked(dy, cache)
