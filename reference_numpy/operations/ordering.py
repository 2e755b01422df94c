"""Operations that sort, and that say where something stands in an order."""

import math

import numpy as np

from reference_numpy.annotations import ArrayLike
from reference_numpy.operations.operation import Operation


class AlongAxis(Operation):
    """What runs along one axis, or over all numbers one after another for `axis=None`.

    A subclass defines `along(x, axis)` → `(y, cache)` with y of x's shape, and `along_backward(dy,
    cache, axis)`, where it has a gradient.

    Raises:
        ValueError: for an axis that x does not have.
    """

    def forward(self, x):
        """y, and what backward needs."""
        (numbers,) = self.promoted(x)
        axis = 0 if self.axis is None else self.axis_of(self.axis, x.ndim)
        y, cache = self.along(numbers.reshape(-1) if self.axis is None else numbers, axis)
        return y, (x, cache, axis)

    def backward(self, dy, cache):
        """The gradient of x, where it is floating."""
        x, cache, axis = cache
        if x.dtype.kind != "f":
            return (None,)
        dx = self.along_backward(dy, cache, axis)
        return (dx.reshape(x.shape).astype(x.dtype, copy=False),)

    def shape(self, x):
        """x's, or one axis for `axis=None`."""
        if self.axis is None:
            return (None if None in x else math.prod(x),)
        self.axis_of(self.axis, len(x))
        return x


class Sort(AlongAxis, keras="ops.numpy"):
    """y has x's numbers in ascending order along an axis; each dy goes to the x that it came from.

    Args:
        axis: the axis; None for all numbers one after another.
    """

    def __init__(self, axis: int | None = -1, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def along(self, x, axis):
        """The sorted numbers, and the order."""
        order = np.argsort(x, axis=axis, kind="stable")
        return np.take_along_axis(x, order, axis), order

    def along_backward(self, dy, order, axis):
        """dy at the places the numbers came from."""
        dx = np.empty_like(dy)
        np.put_along_axis(dx, order, dy, axis)
        return dx


class Argsort(Sort, keras="ops.numpy"):
    """The places of x's numbers in ascending order, equal ones as they stand; no gradient."""

    result_dtype = "int32"

    def along(self, x, axis):
        """The order."""
        return np.argsort(x, axis=axis, kind="stable").astype("int32"), None

    def backward(self, dy, cache):
        """None."""
        return (None,)


class TopK(Operation, keras="ops.math"):
    """The k largest numbers along the last axis, and their places there.

    dx is the gradient of the numbers at those places, else 0. Of equal numbers the first goes
    first.

    Args:
        k: how many.
        sorted: whether they are to be in descending order; here they are in any case.

    Raises:
        ValueError: where the axis has fewer than k.
    """

    result_dtype = (None, "int32")

    def __init__(self, k: int, sorted: bool = True, name: str | None = None):
        super().__init__(name)
        self.k, self.sorted = k, sorted

    def forward(self, x):
        """Numbers and places; backward needs x and the places."""
        # Sorting back to front leaves equal numbers in order when it is turned round.
        places = x.shape[-1] - 1 - np.argsort(x[..., ::-1], axis=-1, kind="stable")
        places = places[..., ::-1][..., : self.k]
        return (np.take_along_axis(x, places, -1), places.astype("int32")), (x, places)

    def backward(self, dy, cache):
        """The numbers' gradients at their places."""
        x, places = cache
        if x.dtype.kind != "f":
            return (None,)
        dx = np.zeros_like(x)
        np.put_along_axis(dx, places, dy[0], -1)
        return (dx,)

    def shape(self, x):
        """x's with k numbers on the last axis, twice."""
        size = x[self.axis_of(-1, len(x))]
        if self.k < 0 or (size is not None and self.k > size):
            raise ValueError(
                f"Operation '{self.name}': an axis of size {size} has no {self.k} largest numbers."
            )
        return (*x[:-1], self.k), (*x[:-1], self.k)


class InTopK(Operation, keras="ops.math"):
    """Whether fewer than k predictions are above that of the target; no gradient.

    Shapes: targets (batch,), integers; predictions (batch, classes).
    """

    result_dtype = "bool"

    def __init__(self, k: int, name: str | None = None):
        super().__init__(name)
        self.k = k

    def forward(self, targets, predictions):
        """Whether the target is among the first k."""
        own = np.take_along_axis(predictions, targets[:, None], -1)
        return (predictions > own).sum(axis=-1) < self.k, None

    def backward(self, dy, cache):
        """None."""
        return None, None

    def shape(self, targets, predictions):
        """The targets'."""
        return targets


class Argmax(Operation, keras="ops.numpy"):
    """The place of the largest number along an axis, the first among equals; no gradient.

    Args:
        axis: the axis; None for the place among all numbers one after another.
        keepdims: whether the axis stays, of size 1.

    Raises:
        ValueError: for an axis that x does not have.
    """

    result_dtype = "int32"
    place = staticmethod(np.argmax)

    def __init__(
        self,
        axis: int | None = None,
        keepdims: bool = False,
        name: str | None = None,
    ):
        super().__init__(name)
        self.axis, self.keepdims = axis, keepdims

    def forward(self, x):
        """The place."""
        return self.place(x, axis=self.axis, keepdims=self.keepdims).astype("int32"), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, x):
        """x's without the axis, or with 1 for it."""
        ndim = len(x)
        axes = range(ndim) if self.axis is None else [self.axis_of(self.axis, ndim)]
        sizes = [1 if axis in axes else size for axis, size in enumerate(x)]
        return tuple(s for axis, s in enumerate(sizes) if self.keepdims or axis not in axes)


class Argmin(Argmax, keras="ops.numpy"):
    """The place of the smallest number along an axis, the first among equals; no gradient."""

    place = staticmethod(np.argmin)


class Nanargmax(Argmax, keras="ops.numpy"):
    """`Argmax` of the numbers that are not NaN; −1 where all are."""

    filler = -np.inf

    def forward(self, x):
        """The place."""
        if x.dtype.kind != "f":
            return super().forward(x)
        missing = np.isnan(x)
        place, _ = super().forward(np.where(missing, x.dtype.type(self.filler), x))
        none = missing.all(axis=self.axis, keepdims=self.keepdims)
        return np.where(none, np.int32(-1), place), None


class Nanargmin(Nanargmax, keras="ops.numpy"):
    """`Argmin` of the numbers that are not NaN; −1 where all are."""

    filler = np.inf
    place = staticmethod(np.argmin)


class SearchSorted(Operation, keras="ops.numpy"):
    """How many numbers of an ascending sequence are below each value; no gradient.

    Args:
        side: `"left"`, or `"right"` to count those that equal the value too.

    Raises:
        ValueError: for a sequence of more axes than one, or another side.
    """

    def __init__(self, side: str = "left", name: str | None = None):
        super().__init__(name)
        if side not in ("left", "right"):
            raise ValueError(
                f"Operation '{self.name}': `side` must be 'left' or 'right'. Received: {side!r}"
            )
        self.side = side

    def forward(self, sorted_sequence, values):
        """The places."""
        places = np.searchsorted(sorted_sequence, values, self.side)
        return places.astype(self.output_dtype), None

    def promote(self, sorted_sequence, values):
        """int32, but int64 for a sequence of unknown length, as in Keras."""
        size = sorted_sequence.shape[0] if len(sorted_sequence.shape) else None
        return "int32" if size is not None and size < 2**31 else "int64"

    def backward(self, dy, cache):
        """None."""
        return None, None

    def shape(self, sorted_sequence, values):
        """The values'."""
        self._check_vector(sorted_sequence, "sequence")
        return values

    def _check_vector(self, shape, what):
        if len(shape) != 1:
            raise ValueError(
                f"Operation '{self.name}' takes a {what} of one axis. Received: shape {shape}"
            )


class Digitize(SearchSorted, keras="ops.numpy"):
    """How many of the ascending bounds `bins` are at most x: the number of x's bin; no gradient."""

    result_dtype = "int32"
    not_in_config = (*Operation.not_in_config, "side")

    def __init__(self, name: str | None = None):
        super().__init__("right", name)

    def forward(self, x, bins):
        """The bins' numbers."""
        return super().forward(bins, x)

    def shape(self, x, bins):
        """x's."""
        self._check_vector(bins, "vector of bounds")
        return x


class Bincount(Operation, keras="ops.numpy"):
    """How often each of the integers 0, 1, … stands on the last axis; no gradient.

    Args:
        weights: what each entry counts, nested lists in x's shape; None for 1.
        minlength: how many integers are counted at least; more where x has larger ones.
        sparse: False.

    Raises:
        NotImplementedError: for sparse counts.
    """

    def __init__(
        self,
        weights: ArrayLike | None = None,
        minlength: int = 0,
        sparse: bool = False,
        name: str | None = None,
    ):
        super().__init__(name)
        if sparse:
            raise NotImplementedError(
                f"Operation '{self.name}': sparse tensors are not supported, since NumPy has none."
            )
        self.minlength, self.sparse = minlength, sparse
        self.counted = None if weights is None else np.asarray(weights)  # `weights` are a layer's

    def promote(self, x):
        """int32, or float32 for weights with fractions."""
        fractions = self.counted is not None and self.counted.dtype.kind == "f"
        return "float32" if fractions else "int32"

    def forward(self, x):
        """The counts."""
        rows = x.reshape(-1, x.shape[-1])
        size = max(self.minlength, int(rows.max(initial=-1)) + 1)
        # The integers of row r are counted as r · size + themselves.
        entries = rows + size * np.arange(len(rows))[:, None]
        weights = None if self.counted is None else self.counted.reshape(-1)
        counts = np.bincount(entries.reshape(-1), weights, size * len(rows))
        return counts.reshape(*x.shape[:-1], size).astype(self.promote(x)), None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, x):
        """x's, with a size that its numbers say on the last axis."""
        return (*x[:-1], None)

    def get_config(self):
        """The arguments, the weights as lists."""
        weights = None if self.counted is None else self.counted.tolist()
        return {**super().get_config(), "weights": weights}
