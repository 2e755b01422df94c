"""Operations on float16 arrays, computed in float32."""

import functools

import numpy as np


def computed_in_single(operation):
    """`operation` for float16 too: computed in float32 and rounded once, at the end.

    That is what processors with half-precision units do, and NumPy has no fast float16 product.
    """

    def widen(value):
        is_half = isinstance(value, np.ndarray) and value.dtype == np.float16
        return value.astype(np.float32) if is_half else value

    @functools.wraps(operation)
    def wrapped(x, *others):
        if x.dtype != np.float16:
            return operation(x, *others)
        return operation(widen(x), *map(widen, others)).astype(np.float16)

    return wrapped
