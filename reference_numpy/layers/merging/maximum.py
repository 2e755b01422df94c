"""The maximum of arrays."""

from typing import Any

import numpy as np

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.extremum import Extremum


class Maximum(Extremum):
    """y = max(x₁, x₂, …); dx = dy for the largest, 0 for the others (of equals, the first).

    Shapes:
        x: all the same, or such that broadcast to one another; y: what they broadcast to

    Raises:
        ValueError: as `Merge`.

    Source: the maxout of Goodfellow et al. (2013); `keras.layers.Maximum`.
    """

    choose, prefers = np.maximum, np.greater_equal


def maximum(inputs: Structure, **kwargs: Any) -> Any:
    """`Maximum` as a function of the list of inputs."""
    return Maximum(**kwargs)(inputs)
