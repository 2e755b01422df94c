"""The minimum of arrays."""

from typing import Any

import numpy as np

from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.extremum import Extremum


class Minimum(Extremum):
    """y = min(x₁, x₂, …); dx = dy for the smallest, 0 for the others (of equals, the first).

    Shapes:
        x: all the same, or such that broadcast to one another; y: what they broadcast to

    Raises:
        ValueError: as `Merge`.

    Source: `keras.layers.Minimum`.
    """

    choose, prefers = np.minimum, np.less_equal


def minimum(inputs: Structure, **kwargs: Any) -> Any:
    """`Minimum` as a function of the list of inputs."""
    return Minimum(**kwargs)(inputs)
