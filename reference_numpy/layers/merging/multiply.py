"""The product of arrays."""

import functools
from typing import Any

import numpy as np

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.base_merge import Merge, spread


class Multiply(Merge):
    """y = x₁ x₂ …; dx_i = dy times the product of the other factors.

    A factor counts as 1 at its masked steps. Where every factor has a mask, y is 0 at the steps
    that all of them mask.

    Shapes:
        x: all the same, or such that broadcast to one another; y: what they broadcast to

    Raises:
        ValueError: as `Merge`.

    Source: `keras.layers.Multiply`.
    """

    def merge(self, arrays, masks):
        """The product, and the factors as they count with their masks."""
        masks = [spread(mask, x) for mask, x in zip(masks, arrays)]
        factors = [
            x if mask is None else np.where(mask, x, x.dtype.type(1))
            for x, mask in zip(arrays, masks)
        ]
        y = functools.reduce(np.multiply, factors)
        if all(mask is not None for mask in masks):
            y = y * functools.reduce(np.logical_or, masks)
        return y, (factors, masks)

    def merge_backward(self, dy, cache):
        """dy times the factors before and behind each one; nothing is divided, so 0 may be one."""
        factors, masks = cache
        before = [dy]
        for factor in factors[:-1]:
            before.append(before[-1] * factor)
        gradients, behind = [before[-1]], factors[-1]
        for factor, product in zip(factors[-2::-1], before[-2::-1]):
            gradients.append(product * behind)
            behind = behind * factor
        gradients.reverse()
        return [dx if mask is None else dx * mask for dx, mask in zip(gradients, masks)]


def multiply(inputs: Structure, **kwargs: Any) -> Any:
    """`Multiply` as a function of the list of inputs."""
    return Multiply(**kwargs)(inputs)
