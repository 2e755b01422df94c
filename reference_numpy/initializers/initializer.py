"""The base of every initializer."""

from reference_numpy.serialization import Configurable


class Initializer(Configurable):
    """A rule for a weight's first values: `initializer(shape, dtype)` gives an array.

    A subclass defines `__call__(shape, dtype=None)`; None means `config.floatx()`.
    """

    def __call__(self, shape, dtype=None):
        """An array of `shape` and `dtype`."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to fill an array.")
