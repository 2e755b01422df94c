"""The base of every metric."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config, dtype_policies
from reference_numpy.annotations import Array, ArrayLike, DType, Structure
from reference_numpy.serialization import Configurable, unique_name


class Metric(Configurable):
    """A number that is gathered batch by batch: `update_state`, then `result`.

    A subclass makes its `variables` with `add_variable`, changes them in `update_state` and reads
    them in `result`; `reset_state` sets them to zero. `metric(y_true, y_pred)` updates and gives
    the result so far.

    Args:
        name: the metric's name; None makes one from the class name.
        dtype: dtype name or policy in which to compute; None for `config.floatx()`.
    """

    #: "up" if more is better, "down" if less is; what callbacks go by when they are to guess
    direction: str | None = None

    def __init__(self, name: str | None = None, dtype: DType = None):
        self.name = name or unique_name(type(self).__name__)
        self.dtype = dtype_policies.get(dtype).compute_dtype
        self.variables: list[Array] = []

    def add_variable(self, shape: Sequence[int] = (), dtype: DType = None) -> Array:
        """Make, record and return an array of zeros that is only ever changed in place."""
        variable = np.zeros(shape, dtype or config.floatx())
        self.variables.append(variable)
        return variable

    def update_state(
        self, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: Structure = None
    ) -> None:
        """Take in one batch."""
        raise TypeError(f"{type(self).__name__} does not say what it measures.")

    def result(self) -> Any:
        """The metric of everything taken in since the last reset."""
        raise TypeError(f"{type(self).__name__} does not say what it measures.")

    def reset_state(self) -> None:
        """Forget everything taken in."""
        for variable in self.variables:
            variable[...] = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in one batch and give the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()


def divide_no_nan(a, b):
    """a / b, and 0 where b is 0."""
    a, b = np.asarray(a), np.asarray(b)
    quotient = np.zeros(np.broadcast_shapes(a.shape, b.shape), np.result_type(a, b))
    return np.divide(a, b, out=quotient, where=b != 0)[()]
