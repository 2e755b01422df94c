"""The rectified linear unit as a layer."""

from typing import Any

from reference_numpy import activations
from reference_numpy.layers.activations.function_layer import FunctionLayer


class ReLU(FunctionLayer):
    """y = max(x, 0), or in general

        y = max_value                          where x > max_value
        y = x                                  where threshold < x ≤ max_value
        y = negative_slope · (x − threshold)   elsewhere

    The derivative is the slope of the piece that x is on; `activations.Relu` says what it is at
    the kinks.

    Shapes:
        x, y: any, both the same

    Args:
        max_value: largest output, 0 or more, or None for no limit.
        negative_slope: slope below the threshold, 0 or more.
        threshold: where the function leaves zero, 0 or more.

    Raises:
        ValueError: for an argument that is negative, or None where a number is needed.

    Source: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010);
    Saito, Deep Learning from Scratch, section 5.5.1; `keras.layers.ReLU`.
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if max_value is not None and max_value < 0.0:
            raise ValueError(
                "max_value of a ReLU layer cannot be a negative value. "
                f"Received: max_value={max_value}"
            )
        if negative_slope is None or negative_slope < 0.0:
            raise ValueError(
                "negative_slope of a ReLU layer cannot be None or a negative value. "
                f"Received: negative_slope={negative_slope}"
            )
        if threshold is None or threshold < 0.0:
            raise ValueError(
                "threshold of a ReLU layer cannot be None or a negative value. "
                f"Received: threshold={threshold}"
            )
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold
        self.function = activations.Relu(negative_slope, max_value, threshold)
