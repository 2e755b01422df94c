"""Operations that take some of the numbers of an array."""

import numpy as np

from reference_numpy.models.operations.operation import Operation


class GetItem(Operation):
    """y = x[key] for integers, slices, `...` and new axes; dx has dy there and 0 elsewhere."""

    def compute(self, x, key):
        """x[key], and what backward needs."""
        key = _as_key(key)
        return x[key], (x.shape, x.dtype, key)

    def slopes(self, dy, cache):
        """dy in its place."""
        shape, dtype, key = cache
        if dtype.kind != "f":
            return (None,)
        dx = np.zeros(shape, dtype)
        dx[key] = dy
        return (dx,)

    def shape(self, x, key):
        """The sizes that the key leaves; an axis of unknown size stays unknown."""
        parts = _as_key(key)
        parts = list(parts) if isinstance(parts, tuple) else [parts]
        taken = sum(part is not None and part is not Ellipsis for part in parts)
        if taken > len(x):
            raise ValueError(f"Operation '{self.name}': the shape {x} has no {taken} axes.")
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
            elif isinstance(part, int):
                size = rest.pop(0)
                if size is not None and not -size <= part < size:
                    raise ValueError(f"Operation '{self.name}': index {part} of {size}.")
            else:
                raise NotImplementedError(
                    f"Operation '{self.name}': only integers, slices, `...` and new axes are "
                    f"supported as keys. Received: {part!r}"
                )
        return tuple(found)


def _as_key(key):
    return tuple(key) if isinstance(key, list) else key


def _length(size, part):
    return None if size is None else len(range(*part.indices(size)))


OFFERED = {
    "ops.numpy": [GetItem],
}
