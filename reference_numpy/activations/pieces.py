"""Pieces of which piecewise functions are put together, each the fastest form NumPy has for it.

Measured on 32 thousand float32 numbers of mixed signs: `np.maximum(x, 0)` 7 µs, with an array of
zeros written over 9 µs; `dy * (x > 0)` 13 µs, with the mask made floating 9 µs;
`np.where(x > 0, dy, 0)` 129 µs.

Of an array without axes NumPy makes a number, which cannot be written over: `np.asarray` around the
first result of a function makes it an array again, and leaves any other as it is.
"""

import numpy as np


def positive_part(x):
    """max(x, 0)."""
    return np.asarray(np.maximum(x, x.dtype.type(0)))


def negative_part(x):
    """min(x, 0)."""
    return np.asarray(np.minimum(x, x.dtype.type(0)))


def masked(dy, mask):
    """dy where `mask` holds, else 0."""
    dx = np.asarray(mask.astype(dy.dtype))
    dx *= dy
    return dx


def blend(mask, inside, outside):
    """`inside` (a number) where `mask` holds, else `outside` (a floating array, written over)."""
    chosen = mask.astype(outside.dtype)
    outside *= 1.0 - chosen
    chosen *= inside
    outside += chosen
    return outside
