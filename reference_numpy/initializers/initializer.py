"""The base of every initializer."""

from collections.abc import Sequence

from reference_numpy.annotations import Array, DType
from reference_numpy.serialization import Configurable


class Initializer(Configurable):
    """A rule for a weight's first values: `initializer(shape, dtype)` gives an array.

    A subclass defines `__call__(shape, dtype=None)`; None means `config.floatx()`.
    """

    def __call__(self, shape: Sequence[int], dtype: DType = None) -> Array:
        """An array of `shape` and `dtype`."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to fill an array.")
