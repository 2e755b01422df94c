"""The mean of arrays."""

from typing import Any

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.add import Add


class Average(Add):
    """y = (x₁ + x₂ + … + x_n) / n; every dx is dy / n.

    Shapes:
        x: all the same, or such that broadcast to one another; y: what they broadcast to

    Raises:
        ValueError: as `Merge`.

    Source: `keras.layers.Average`.
    """

    def same_kind(self, inputs):
        """All in the layer's dtype: a mean of integers is none."""
        return [self.as_float(x) for x in inputs]

    def merge(self, arrays, masks):
        """The mean, and how many terms it has."""
        total, count = super().merge(arrays, masks)
        return total / count, count

    def merge_backward(self, dy, cache):
        """dy / n for every term."""
        return super().merge_backward(dy / cache, cache)


def average(inputs: Structure, **kwargs: Any) -> Any:
    """`Average` as a function of the list of inputs."""
    return Average(**kwargs)(inputs)
