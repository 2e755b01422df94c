"""Every loss as a plain function: one value a sample, nothing reduced."""

from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Array, ArrayLike
from reference_numpy.serialization import snake_case


class LossFunction:
    """`mean_squared_error(y_true, y_pred)`: the values of a `Loss` before they are reduced.

    Further arguments are those of the class, `huber(y_true, y_pred, delta=0.5)`. It computes in
    the dtype of `y_pred`. `gradient` is the gradient of the sum of the values.

    Args:
        loss_class: the loss whose values these are.
    """

    def __init__(self, loss_class: type):
        self.loss_class = loss_class
        self.__name__ = snake_case(loss_class.__name__)
        self.__doc__ = loss_class.__doc__

    def _loss(self, y_pred, arguments):
        dtype = np.asarray(y_pred).dtype
        given_in_float = isinstance(y_pred, (np.ndarray, np.generic)) and dtype.kind == "f"
        return self.loss_class(
            reduction="none", dtype=dtype.name if given_in_float else config.floatx(), **arguments
        )

    def __call__(self, y_true: ArrayLike, y_pred: ArrayLike, **arguments: Any) -> Array:
        """One value a sample."""
        return self._loss(y_pred, arguments)(y_true, y_pred)

    def gradient(self, y_true: ArrayLike, y_pred: ArrayLike, **arguments: Any) -> Array:
        """The gradient of the sum of the values with respect to y_pred."""
        return self._loss(y_pred, arguments).gradient(y_true, y_pred)

    def serialize(self):
        """The function's config, as Keras writes it."""
        return {
            "module": "builtins",
            "class_name": "function",
            "config": self.__name__,
            "registered_name": "function",
        }

    def __repr__(self):
        return f"<loss function {self.__name__}>"
