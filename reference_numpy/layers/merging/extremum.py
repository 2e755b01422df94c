"""What maximum and minimum share."""

from collections.abc import Callable

import numpy as np

from reference_numpy.annotations import Array
from reference_numpy.layers.merging.base_merge import Merge, spread


class Extremum(Merge):
    """y = the extreme of x₁, x₂, …, taken pair by pair from the left; dy goes to the input chosen.

    Where two are equal the one on the left is chosen, as in TensorFlow. Of a pair that has masks,
    a masked entry gives way to the other one's.

    A subclass sets `choose` (such as `np.maximum`) and `prefers` (whether the left one of a pair
    is chosen, such as `np.greater_equal`).
    """

    choose: Callable[..., Array]
    prefers: Callable[..., Array]

    def merge(self, arrays, masks):
        """The extreme; for each pair, who was taken."""
        y, y_mask = arrays[0], spread(masks[0], arrays[0])
        pairs = []
        for x, mask in zip(arrays[1:], masks[1:]):
            mask = spread(mask, x)
            left, right = y, x
            if mask is not None:
                right = np.where(mask, x, y)
            if y_mask is not None:
                left = np.where(y_mask, y, right)
            pairs.append((self.prefers(left, right), y_mask, mask))
            y = self.choose(left, right)
            y_mask = None if y_mask is None or mask is None else y_mask | mask
        return y, pairs

    def merge_backward(self, dy, cache):
        """dy where an input was chosen, pair by pair from the right."""
        gradients = []
        for left_is_chosen, y_mask, mask in reversed(cache):
            to_left = dy * left_is_chosen
            to_right = dy * ~left_is_chosen
            if y_mask is not None:
                to_left, to_right = to_left * y_mask, to_right + to_left * ~y_mask
            if mask is not None:
                to_left, to_right = to_left + to_right * ~mask, to_right * mask
            gradients.append(to_right)
            dy = to_left
        return [dy, *reversed(gradients)]
