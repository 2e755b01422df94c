"""x in another dtype, and constants of x's shape."""

import numpy as np

from reference_numpy.annotations import DType
from reference_numpy.operations.binary import unbroadcast
from reference_numpy.operations.operation import Operation


class ZerosLike(Operation, keras="ops.numpy"):
    """Zeros of x's shape.

    Args:
        dtype: name of their dtype; None for x's.
    """

    number = 0

    def __init__(self, dtype: DType = None, name: str | None = None):
        super().__init__(name)
        self.result_dtype = dtype

    def forward(self, x):
        """The number everywhere."""
        return np.full(x.shape, self.number, self.result_dtype or x.dtype), None

    def backward(self, dy, cache):
        """None: the numbers do not depend on x."""
        return (None,)

    def shape(self, x):
        """x's."""
        return x

    def get_config(self):
        """The name and the dtype."""
        return {**super().get_config(), "dtype": self.result_dtype}


class EmptyLike(ZerosLike, keras="ops.numpy"):
    """Numbers of x's shape of which nothing is known; here zeros."""


class FullLike(ZerosLike, keras="ops.numpy"):
    """A number everywhere in x's shape, or an array broadcast to it. Args as in `ZerosLike`.

    dx = 0; the gradient of an array is dy, summed over the axes along which it was broadcast.
    """

    def forward(self, x, fill_value):
        """The number everywhere."""
        return np.full(x.shape, fill_value, self.result_dtype or x.dtype), fill_value

    def backward(self, dy, cache):
        """None for x, and dy for the number."""
        return None, unbroadcast(dy, cache)

    def promote(self, x, *fill_value):
        """Name of x's dtype."""
        return super().promote(x)

    def shape(self, x, fill_value):
        """x's."""
        return x


class OnesLike(ZerosLike, keras="ops.numpy"):
    """Ones of x's shape."""

    number = 1


class Cast(ZerosLike, keras="ops.core"):
    """x in another dtype; dx is dy in x's."""

    def forward(self, x):
        """x in the dtype, and x's own."""
        return x.astype(self.result_dtype), x.dtype

    def backward(self, dy, cache):
        """dy in x's dtype, where both are floating."""
        return (dy.astype(cache) if cache.kind == "f" and dy.dtype.kind == "f" else None,)


class SaturateCast(Cast, keras="ops.core"):
    """x in another dtype, brought within its range before; the derivative outside of it is 0."""

    def forward(self, x):
        """x in the dtype, and where it was within the range."""
        wanted = np.dtype(self.result_dtype)
        if wanted.kind == "b" or x.dtype.kind == "b":
            return (x > 0).astype(wanted), (x.dtype, True)
        limits = np.finfo(wanted) if wanted.kind == "f" else np.iinfo(wanted)
        within = (x >= limits.min) & (x <= limits.max)
        if wanted.kind == "f":
            return np.clip(x, limits.min, limits.max).astype(wanted), (x.dtype, within)
        # The bounds themselves may be rounded in x's dtype, so that they are beyond the integers.
        above, below = x >= limits.max, x <= limits.min
        y = np.where(within & ~above & ~below, x, np.zeros_like(x)).astype(wanted)
        y[above], y[below] = limits.max, limits.min
        return y, (x.dtype, within)

    def backward(self, dy, cache):
        """dy within the range, in x's dtype."""
        dtype, within = cache
        return ((dy * within).astype(dtype) if dtype.kind == dy.dtype.kind == "f" else None,)


class ConvertToTensor(Cast, keras="ops.core"):
    """x as it is, or in another dtype; Keras puts it where masks pass through Attention."""

    def __init__(
        self,
        dtype: DType = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        name: str | None = None,
    ):
        super().__init__(dtype, name)
        if sparse or ragged:
            raise NotImplementedError(
                f"Operation '{self.name}': sparse and ragged tensors are not supported, since "
                "NumPy has none."
            )
        self.sparse, self.ragged = sparse, ragged

    def forward(self, x):
        """x in the dtype, and x's own."""
        return x.astype(self.result_dtype or x.dtype, copy=False), x.dtype
