"""Operations that put numbers at places of an array."""

import numpy as np

from reference_numpy.operations.indexing import WithIndices, gradient_of
from reference_numpy.operations.reductions import others_product
from reference_numpy.operations.segments import Segments
from reference_numpy.operations.shapes import ToShape


class Places(WithIndices):
    """Places of an array, each given by a row of integers: (…, axes) for its first axes."""

    def rows(self, indices, shape):
        """The number of each place's row of an array, and the shape of the array as rows."""
        indices = np.asarray(indices)
        axes = indices.shape[-1]
        places = self.check_indices(indices, shape[:axes]).reshape(-1, axes)
        if (indices < 0).any():
            raise ValueError(f"Operation '{self.name}' takes no indices below 0.")
        count = int(np.prod(shape[:axes]))
        numbers = np.zeros(len(places), int)
        for axis in range(axes):
            numbers = numbers * shape[axis] + places[:, axis]
        return numbers, (count, *shape[axes:])

    def check_values(self, indices, values, shape):
        """Raise ValueError unless `values` has an entry of the last axes of `shape` for each place.

        All three are shapes.
        """
        axes = indices[-1] if indices else None
        wanted = None if axes is None else (*indices[:-1], *shape[axes:])
        fits = wanted is not None and axes <= len(shape) and len(wanted) == len(values)
        if not fits or any(None not in (a, b) and a != b for a, b in zip(wanted, values)):
            raise ValueError(
                f"Operation '{self.name}': the values of the shape {values} do not fit the places "
                f"of the shape {indices} in an array of the shape {shape}."
            )


class Scatter(ToShape, Places, keras="ops.core"):
    """y is 0 but at the indices, where it is the sum of the values there; dvalues = dy there.

    Args:
        shape: y's.

    Shapes:
        indices: (…, axes), for the first axes of y   values: (…, sizes of the other axes)
    """

    def promote(self, indices, values):
        """Name of the values' dtype."""
        return super().promote(values)

    def forward(self, indices, values):
        """The sums, and where they are."""
        numbers, shape = self.rows(indices, self.target)
        y = Segments(numbers, shape[0]).reduce(np.add, values.reshape(-1, *shape[1:]), 0)
        return y.reshape(self.target), (numbers, shape, values)

    def backward(self, dy, cache):
        """None for the indices; dy at them."""
        numbers, shape, values = cache
        return None, dy.reshape(shape)[numbers].reshape(values.shape)

    def shape(self, indices, values):
        """The shape."""
        self.check_known()
        self.check_values(indices, values, self.target)
        return self.target


class ScatterUpdate(Places, keras="ops.core"):
    """y is x but at the indices, where it is f of x and the updates there.

    - None: y = the update; dx = 0 there. Of several at one place the last is taken, and it alone
      has a gradient (TensorFlow gives all of them one).
    - "add": y = x + Σ updates; dx = dy, dupdates = dy.
    - "mul": y = x Π updates; dx = dy Π updates, dupdates = dy x Π of the others.
    - "max", "min": y = the extremum; dy goes to x or the update that it is, and equal ones share
      it evenly.

    Args:
        reduction: one of these.

    Raises:
        ValueError: for another reduction.

    Shapes:
        indices: (…, axes), for the first axes of x   updates: (…, sizes of the other axes)
    """

    def __init__(self, reduction: str | None = None, name: str | None = None):
        super().__init__(name)
        if reduction not in (None, *_REDUCTIONS):
            raise ValueError(
                f"Operation '{self.name}': `reduction` must be None or one of "
                f"{', '.join(_REDUCTIONS)}. Received: {reduction!r}"
            )
        self.reduction = reduction

    def forward(self, inputs, indices, updates):
        """x updated; backward needs the rows of x, of y and of the updates, and their places."""
        numbers, shape = self.rows(indices, inputs.shape)
        x = inputs.reshape(shape)
        u = np.asarray(updates, x.dtype).reshape(-1, *shape[1:])
        segments = Segments(numbers, shape[0])
        y = x.copy()
        if self.reduction is None:
            y[segments.present] = u[_last(segments)]
        else:
            ufunc = _REDUCTIONS[self.reduction]
            found = segments.reduce(ufunc, u, 0)[segments.present]
            y[segments.present] = ufunc(x[segments.present], found)
        return y.reshape(inputs.shape), (x, u, y, segments, inputs.shape, updates)

    def backward(self, dy, cache):
        """dx and dupdates; none for the indices."""
        x, u, y, segments, shape, updates = cache
        backwards = {None: self._replacing, "add": self._adding, "mul": self._multiplying}
        backward = backwards.get(self.reduction, self._extremum)
        dx, du = backward(dy.reshape(x.shape), x, u, y, segments)
        return dx.reshape(shape), None, gradient_of(updates, du)

    @staticmethod
    def _replacing(dy, x, u, y, segments):
        dx, du, last = dy.copy(), np.zeros_like(u), _last(segments)
        dx[segments.present] = 0
        du[last] = dy[segments.present]
        return dx, du

    @staticmethod
    def _adding(dy, x, u, y, segments):
        return dy, segments.spread(dy)

    @staticmethod
    def _multiplying(dy, x, u, y, segments):
        others = others_product(
            u,
            lambda factors: segments.spread(segments.reduce(np.multiply, factors, 1)),
            lambda zeros: segments.spread(segments.reduce(np.add, zeros.astype("int64"), 0)),
        )
        return dy * segments.reduce(np.multiply, u, 1), segments.spread(dy * x) * others

    @staticmethod
    def _extremum(dy, x, u, y, segments):
        is_x, is_u = (x == y).astype(dy.dtype), (u == segments.spread(y)).astype(dy.dtype)
        share = dy / (is_x + segments.reduce(np.add, is_u, 0))
        return share * is_x, segments.spread(share) * is_u

    def shape(self, inputs, indices, updates):
        """x's."""
        self.check_values(indices, updates, inputs)
        return inputs


_REDUCTIONS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


def _last(segments):
    """For each segment with rows the number of its last row."""
    return segments.order[np.append(segments.starts[1:], len(segments.order)) - 1]
