"""Repetition of the steps of sequences."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.layers.reshaping.base_up_sampling import BaseUpSampling


class UpSampling1D(BaseUpSampling):
    """y[b, t] = x[b, ⌊t / size⌋]. Backward: dx[b, t] = Σ dy over the copies of step t.

    Shapes:
        x: (batch, steps, channels)   y: (batch, steps · size, channels)

    Args:
        size: number of copies of each step, 1 or more.

    Raises:
        TypeError: for a `size` that is no integer.
        ValueError: for a `size` below 1.
    """

    not_in_config = (*BaseUpSampling.not_in_config, "data_format")

    def __init__(self, size: int | Sequence[int] = 2, **kwargs: Any):
        self.size = positive_integer(size, "size")
        super().__init__((size,), "channels_last", **kwargs)
