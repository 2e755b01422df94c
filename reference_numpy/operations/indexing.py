"""Operations that take some of the numbers of an array."""

import math

import numpy as np

from reference_numpy.layers.symbolic import KerasTensor
from reference_numpy.operations.binary import broadcast_shapes
from reference_numpy.operations.operation import Operation
from reference_numpy.operations.repeating import sum_at
from reference_numpy.operations.shapes import ToShape


class GetItem(Operation, keras="ops.numpy"):
    """y = x[key] for integers, slices, `...` and new axes; dx has dy there and 0 elsewhere."""

    def forward(self, x, key):
        """x[key], and what backward needs."""
        key = _as_key(key)
        return x[key], (x.shape, x.dtype, key)

    def backward(self, dy, cache):
        """dy in its place."""
        shape, dtype, key = cache
        if dtype.kind != "f":
            return (None,)
        dx = np.zeros(shape, dtype)
        dx[key] = dy
        return (dx,)

    def compute_output_shape(self, args, kwargs):
        """Shape of the output; the key comes as it is, for a number in it is no array."""
        x, key = args
        self._output_dtype = self.promote(x)
        return self.shape(tuple(x.shape), key)

    def shape(self, x, key):
        """The sizes that the key leaves; an axis of unknown size stays unknown."""
        parts = _as_key(key)
        parts = list(parts) if isinstance(parts, tuple) else [parts]
        for part in parts:
            if not (part is None or part is Ellipsis or type(part) is int or _is_slice(part)):
                raise NotImplementedError(
                    f"Operation '{self.name}': only integers, slices, `...` and new axes are "
                    f"supported as keys. Received: {part!r}"
                )
        taken = sum(part is not None and part is not Ellipsis for part in parts)
        if taken > len(x) or parts.count(Ellipsis) > 1:
            raise ValueError(
                f"Operation '{self.name}': the shape {x} does not have the axes of the key "
                f"{tuple(parts)}."
            )
        if Ellipsis not in parts:
            parts.append(Ellipsis)
        rest, found = list(x), []
        for part in parts:
            if part is Ellipsis:
                whole = len(x) - taken
                found += rest[:whole]
                del rest[:whole]
            elif part is None:
                found.append(1)
            elif isinstance(part, slice):
                found.append(_length(rest.pop(0), part))
            else:
                size = rest.pop(0)
                if size is not None and not -size <= part < size:
                    raise ValueError(f"Operation '{self.name}': index {part} of {size}.")
        return tuple(found)


def _as_key(key):
    return tuple(key) if isinstance(key, list) else key


def _is_slice(part):
    if not isinstance(part, slice) or part.step == 0:
        return False
    return all(end is None or type(end) is int for end in (part.start, part.stop, part.step))


def _length(size, part):
    return None if size is None else len(range(*part.indices(size)))


class WithIndices(Operation):
    """An operation on an array and on integers, which may be nested lists, that say where in it."""

    def compute_output_shape(self, args, kwargs):
        """Shape of the output; lists count as the arrays that they stand for."""
        named = {name: as_array(argument) for name, argument in kwargs.items()}
        return super().compute_output_shape(tuple(map(as_array, args)), named)

    def promote(self, x, *others):
        """Name of x's dtype."""
        return super().promote(x)

    def check_indices(self, indices, sizes):
        """Indices as an array, those below 0 counted from the end.

        Raises:
            ValueError: for an index beyond an axis of `sizes`, and for one that is no integer.
        """
        indices, sizes = np.asarray(indices), np.asarray(sizes)
        if indices.dtype.kind not in "iu":
            raise ValueError(
                f"Operation '{self.name}' takes integers as indices, not {indices.dtype}."
            )
        if indices.size and ((indices < -sizes) | (indices >= sizes)).any():
            raise ValueError(
                f"Operation '{self.name}': the indices reach from {indices.min()} to "
                f"{indices.max()}, beyond the size {sizes}."
            )
        return indices % np.maximum(sizes, 1)


def as_array(argument):
    """A list as the array that it stands for; everything else as it is."""
    return np.asarray(argument) if isinstance(argument, (list, tuple)) else argument


def gradient_of(argument, dx):
    """The gradient in the argument's dtype; None for what is no array of floating numbers."""
    if not isinstance(argument, np.ndarray) or argument.dtype.kind != "f":
        return None
    return dx.reshape(argument.shape).astype(argument.dtype, copy=False)


class Take(WithIndices, keras="ops.numpy"):
    """y has the entries of x at some places of an axis; dx[i] = Σ of the dy whose place is i.

    Args:
        axis: the axis; None for places among all numbers one after another.

    Raises:
        ValueError: for places beyond the axis; those below 0 count from its end.

    Shapes:
        x: (before, size, after)   indices: any   y: (before, indices, after)
    """

    def __init__(self, axis: int | None = None, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def _axis(self, ndim):
        return 0 if self.axis is None else self.axis_of(self.axis, ndim)

    def forward(self, x, indices):
        """The entries; backward needs where they were."""
        axis, numbers = self._axis(x.ndim), x.reshape(-1) if self.axis is None else x
        places = self.check_indices(indices, numbers.shape[axis])
        return np.take(numbers, places, axis), (x.shape, numbers.shape, places, axis)

    def backward(self, dy, cache):
        """The sums; none for the indices."""
        shape, flat, places, axis = cache
        rows = dy.reshape(*flat[:axis], places.size, *flat[axis + 1 :])
        return sum_at(rows, places.reshape(-1), flat[axis], axis).reshape(shape), None

    def shape(self, x, indices):
        """x's, with the indices' in place of the axis."""
        if self.axis is None:
            return indices
        axis = self._axis(len(x))
        return (*x[:axis], *indices, *x[axis + 1 :])


class TakeAlongAxis(WithIndices, keras="ops.numpy"):
    """y[…, j, …] = x[…, indices[…, j, …], …] along an axis; dx has Σ dy at the indices, else 0.

    The other axes are broadcast.

    Args:
        axis: the axis; None for places among all numbers one after another.

    Raises:
        ValueError: for places beyond the axis (those below 0 count from its end), and for shapes
            that do not fit.
    """

    def __init__(self, axis: int | None = None, name: str | None = None):
        super().__init__(name)
        self.axis = axis

    def forward(self, x, indices):
        """The entries; backward needs where they were."""
        numbers = x.reshape(-1) if self.axis is None else x
        axis = 0 if self.axis is None else self.axis_of(self.axis, x.ndim)
        indices = self.check_indices(indices, numbers.shape[axis])
        own = np.arange(numbers.size).reshape(numbers.shape)
        sizes = np.broadcast_shapes(
            *((*p.shape[:axis], 1, *p.shape[axis + 1 :]) for p in (own, indices))
        )
        own, indices = (
            np.broadcast_to(p, (*sizes[:axis], p.shape[axis], *sizes[axis + 1 :]))
            for p in (own, indices)
        )
        places = np.take_along_axis(own, indices, axis)
        return numbers.reshape(-1)[places], (x.shape, places)

    def backward(self, dy, cache):
        """The sums; none for the indices."""
        shape, places = cache
        dx = sum_at(dy.reshape(-1), places.reshape(-1), math.prod(shape), 0)
        return dx.reshape(shape), None

    def shape(self, x, indices):
        """The two broadcast, but for the axis, where it is the indices'."""
        if self.axis is None:
            if len(indices) != 1:
                raise ValueError(
                    f"Operation '{self.name}' takes indices of one axis where it has none. "
                    f"Received: indices of shape {indices}"
                )
            return indices
        axis = self.axis_of(self.axis, len(x))
        if len(x) != len(indices):
            raise ValueError(
                f"Operation '{self.name}' takes indices of as many axes as x has. Received: x of "
                f"shape {x}, indices of shape {indices}"
            )
        sizes = broadcast_shapes(*((*p[:axis], 1, *p[axis + 1 :]) for p in (x, indices)))
        return (*sizes[:axis], indices[axis], *sizes[axis + 1 :])


class Slice(ToShape, keras="ops.core"):
    """y is the part of x that begins at some place and has a shape; dx has dy there, else 0.

    Args:
        shape: y's sizes, −1 for all that is left.

    Raises:
        ValueError: for a part that reaches beyond x.
    """

    def compute_output_shape(self, args, kwargs):
        """Shape of the output; it depends on the place where the part begins."""
        inputs, starts = args
        self._output_dtype = self.promote(inputs)
        return self.shape(tuple(inputs.shape), starts)

    def forward(self, inputs, start_indices):
        """The part, and where it is."""
        starts = [int(start) for start in start_indices]
        sizes = self._sizes(inputs.shape, starts)
        place = tuple(slice(start, start + size) for start, size in zip(starts, sizes))
        return inputs[place], (inputs.shape, place)

    def backward(self, dy, cache):
        """dy in its place; none for the place."""
        shape, place = cache
        dx = np.zeros(shape, dy.dtype)
        dx[place] = dy
        return dx, None

    def _sizes(self, shape, starts):
        """y's, None where they are not known."""
        if not len(shape) == len(starts) == len(self.target):
            raise ValueError(
                f"Operation '{self.name}': an array of the shape {shape} has no part of the shape "
                f"{self.target} at a place of {len(starts)} numbers."
            )
        sizes = []
        for size, start, wanted in zip(shape, starts, self.target):
            known = size is not None and start is not None
            if not isinstance(wanted, int) or wanted < -1:
                self.check_known()
            end = (start or 0) + max(wanted, 0)
            if (start or 0) < 0 or (size is not None and end > size):
                raise ValueError(
                    f"Operation '{self.name}': the part of the shape {self.target} at {starts} "
                    f"reaches beyond the shape {shape}."
                )
            sizes.append(wanted if wanted != -1 else size - start if known else None)
        return sizes

    def shape(self, inputs, start_indices):
        """The part's; a start that is not known yet leaves a size unknown."""
        if isinstance(start_indices, KerasTensor):
            starts = [None] * len(inputs)
        else:
            starts = [None if isinstance(s, KerasTensor) else int(s) for s in start_indices]
        return tuple(self._sizes(inputs, starts))


class SliceUpdate(Operation, keras="ops.core"):
    """y is x with an array `updates` in place of its part that begins at some place.

    dx is dy with 0 there; dupdates is dy there. (TensorFlow has no gradient.) Where the part would
    reach beyond x it is moved back, as in Keras.
    """

    def promote(self, inputs, *others):
        """Name of x's dtype."""
        return super().promote(inputs)

    def forward(self, inputs, start_indices, updates):
        """x with the part; backward needs its place."""
        sizes = np.shape(updates)
        room = np.subtract(inputs.shape, sizes)
        starts = np.clip([int(start) for start in start_indices], 0, room)
        place = tuple(slice(start, start + size) for start, size in zip(starts, sizes))
        y = inputs.copy()
        y[place] = updates
        return y, (place, updates)

    def backward(self, dy, cache):
        """dy elsewhere, and dy there."""
        place, updates = cache
        dx = dy.copy()
        dx[place] = 0
        return dx, None, gradient_of(updates, dy[place])

    def compute_output_shape(self, args, kwargs):
        """x's."""
        inputs, _, updates = map(as_array, args)
        self._output_dtype = self.promote(inputs)
        return self.shape(tuple(inputs.shape), None, tuple(updates.shape))

    def shape(self, inputs, start_indices, updates):
        """x's."""
        pairs = zip(inputs, updates)
        if len(inputs) != len(updates) or any(None not in (a, b) and a < b for a, b in pairs):
            raise ValueError(
                f"Operation '{self.name}': an array of the shape {inputs} has no part of the shape "
                f"{updates}."
            )
        return inputs


class UnravelIndex(ToShape, keras="ops.numpy"):
    """The places, an array for each axis, of numbers counted through an array of some shape.

    No gradient. (Keras on TensorFlow takes the axes in the opposite order for indices of other
    than one axis.)

    Args:
        shape: of the array that is counted through.
    """

    def forward(self, indices):
        """For each axis what is left of the number, without the whole rounds of the axis."""
        places = []
        for size in reversed(self.target):
            places.append((indices % size).astype(indices.dtype))
            indices = indices // size
        return places[::-1], None

    def backward(self, dy, cache):
        """None."""
        return (None,)

    def shape(self, indices):
        """The indices' for each axis."""
        self.check_known()
        return [indices for _ in self.target]
