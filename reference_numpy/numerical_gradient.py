"""The gradient by differences: slow, simple, and the judge of every backward pass."""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference_numpy.annotations import Array, Structure

#: Points and weights of the differences: Σ weight · f(x + offset h) / h is the derivative.
_STENCILS = {
    2: ((-1, -1 / 2), (1, 1 / 2)),
    4: ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12)),
}
#: The step at which the rule's own error and the rounding of f are about the same, for f and x
#: of the order of 1; for two points the textbook's.
_STEPS = {2: 1e-4, 4: 1e-3}


def numerical_gradient(
    f: Callable[[Array], Any], x: Structure, h: float | None = None, points: int = 4
) -> Array:
    """∂f/∂x of a scalar function f at x, entry by entry.

        points = 2:  (f(x + h) − f(x − h)) / 2h                                        error O(h²)
        points = 4:  (f(x − 2h) − 8 f(x − h) + 8 f(x + h) − f(x + 2h)) / 12h           error O(h⁴)

    Each costs that many evaluations of f for every entry of x.

    f may take x from its argument or, as the textbook's networks do, find it where it lives (a
    weight of the network): x itself is moved, one entry at a time, and put back to the bit, also
    when f raises.

    Args:
        f: function of x that gives a scalar.
        x: a float64 array. In float32 the difference would drown in the rounding of f.
        h: the step, in units of x; None for 1e-3 with four points and 1e-4 with two.
        points: 4, or 2 for the textbook's central difference.

    Returns:
        A float64 array of the shape of x.

    Raises:
        ValueError: if x is no float64 array, h is not positive, `points` is neither 2 nor 4, or f
            gives anything but a scalar.

    Source: Saito, Deep Learning from Scratch, section 4.4 (two points); Abramowitz & Stegun,
    Handbook of Mathematical Functions, table 25.2 (four points).
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise ValueError(
            "`numerical_gradient` expects x to be a float64 array. Received: "
            f"{type(x).__name__} {getattr(x, 'dtype', '')}"
        )
    if points not in _STENCILS:
        raise ValueError(f"`points` must be 2 or 4. Received: points={points}")
    h = _STEPS[points] if h is None else h
    if not h > 0:
        raise ValueError(f"`h` must be positive. Received: h={h}")
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        middle = x[index]
        try:
            for offset, weight in _STENCILS[points]:
                x[index] = middle + offset * h
                value = f(x)
                if np.ndim(value) != 0:
                    raise ValueError(
                        "`numerical_gradient` expects f(x) to be a scalar. Received: an array of "
                        f"shape {np.shape(value)}"
                    )
                gradient[index] += weight * value
        finally:
            x[index] = middle
    gradient /= h
    return gradient
