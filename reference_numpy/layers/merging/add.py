"""The sum of arrays."""

import functools
from typing import Any

import numpy as np

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.base_merge import Merge


class Add(Merge):
    """y = x₁ + x₂ + …; every dx is dy.

    Shapes:
        x: all the same, or such that broadcast to one another; y: what they broadcast to

    Raises:
        ValueError: as `Merge`.

    Source: the shortcut of He, Zhang, Ren and Sun, Deep Residual Learning (2016);
    `keras.layers.Add`.
    """

    def merge(self, arrays, masks):
        """The sum, and how many terms it has."""
        return functools.reduce(np.add, arrays), len(arrays)

    def merge_backward(self, dy, cache):
        """dy for every term."""
        return [dy] * cache


def add(inputs: Structure, **kwargs: Any) -> Any:
    """`Add` as a function of the list of inputs."""
    return Add(**kwargs)(inputs)
