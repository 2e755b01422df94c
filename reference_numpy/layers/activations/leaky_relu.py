"""The leaky rectified linear unit as a layer."""

import warnings
from typing import Any

from reference_numpy import activations
from reference_numpy.layers.activations.function_layer import FunctionLayer


class LeakyReLU(FunctionLayer):
    """y = x where x > 0, else negative_slope · x; dy/dx = 1 or the slope (at x = 0: the slope).

    Shapes:
        x, y: any, both the same

    Args:
        negative_slope: slope below zero, 0 or more. (`alpha` is its name in old Keras files.)

    Raises:
        ValueError: for a slope that is None or negative.

    Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models
    (2013); `keras.layers.LeakyReLU`.
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any):
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn(
                "Argument `alpha` is deprecated. Use `negative_slope` instead.", stacklevel=2
            )
        super().__init__(**kwargs)
        if negative_slope is None or negative_slope < 0:
            raise ValueError(
                "The negative_slope value of a Leaky ReLU layer cannot be None or negative value. "
                f"Expected a float. Received: negative_slope={negative_slope}"
            )
        self.negative_slope = negative_slope
        self.function = activations.LeakyRelu(negative_slope)
