"""Pieces of which piecewise functions are put together, each the fastest form NumPy has for it.

Measured on 32 thousand float32 numbers of mixed signs: `np.maximum(x, 0)` 7 µs on one processor and
17 on another, since NumPy compares with a number one by one; with zeros in an array 4 µs, many at
once; `dy * (x > 0)` 13 µs, with the mask made floating 9 µs; `np.where(x > 0, dy, 0)` 129 µs.

Of an array without axes NumPy makes a number, which cannot be written over: `np.asarray` around the
first result of a function makes it an array again, and leaves any other as it is.
"""

import functools

import numpy as np

#: Zeros at a time, which stay in the cache; fewer numbers are sooner compared with a single zero.
MANY = 2**13


def positive_part(x):
    """max(x, 0)."""
    return _beside_zeros(np.maximum, x)


def negative_part(x):
    """min(x, 0)."""
    return _beside_zeros(np.minimum, x)


def _beside_zeros(function, x):
    """`function(x, 0)`, of x as it lies in memory and as many zeros."""
    numbers = x.ravel("K")  # a copy of what does not lie in one piece
    if x.size <= MANY or numbers.flags.owndata:
        return np.asarray(function(x, x.dtype.type(0)))
    y, zeros = np.empty_like(x), _zeros(x.dtype)
    found = y.ravel("K")
    whole = x.size - x.size % MANY
    function(numbers[:whole].reshape(-1, MANY), zeros, out=found[:whole].reshape(-1, MANY))
    function(numbers[whole:], zeros[: x.size - whole], out=found[whole:])
    return y


@functools.cache
def _zeros(dtype):
    return np.zeros(MANY, dtype)


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
