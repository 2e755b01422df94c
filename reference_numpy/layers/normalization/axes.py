"""The axes that a layer normalizes over, brought to the end of the array."""

from collections.abc import Iterable, Sequence

import numpy as np


def as_list(axis):
    """One axis or several as a list."""
    return [axis] if isinstance(axis, int) else list(axis)


def check_axes(layer, input_shape):
    """Raise ValueError where `layer.axis` names an axis that the input does not have."""
    for axis in as_list(layer.axis):
        if not -len(input_shape) <= axis < len(input_shape):
            raise ValueError(
                f"Layer '{layer.name}': axis {axis} is out of bounds for the input shape "
                f"{tuple(input_shape)}. Received: axis={layer.axis}"
            )


class Rows:
    """Arrays of one shape as (rows, entries): a row is what is normalized together.

    Args:
        shape: shape of the arrays.
        axes: the axes that make up a row, in any order; a row follows their order in the array.
    """

    def __init__(self, shape: Sequence[int], axes: Iterable[int]):
        self.axes = sorted({axis % len(shape) for axis in axes})
        self.order = [axis for axis in range(len(shape)) if axis not in self.axes] + self.axes
        self.transposed = [shape[axis] for axis in self.order]
        self.entries = int(np.prod([shape[axis] for axis in self.axes]))

    def view(self, x):
        """x as (rows, entries), a view where the axes are the last ones."""
        return x.transpose(self.order).reshape(-1, self.entries)

    def restore(self, rows):
        """(rows, entries) back in the shape of the arrays."""
        return rows.reshape(self.transposed).transpose(np.argsort(self.order))


def normalize_rows(rows, epsilon):
    """x̂ = (x − μ) / √(σ² + ε) and 1 / √(σ² + ε), every row by its own mean and variance.

    The variance is the mean of the squared *centred* entries: the textbooks' other formula,
    E[x²] − μ², loses all digits in float32 where the mean is large.
    """
    centred = rows - rows.mean(axis=1, keepdims=True)
    squares = np.square(centred)
    inverse = 1.0 / np.sqrt(squares.mean(axis=1, keepdims=True) + epsilon)
    return np.multiply(centred, inverse, out=squares), inverse


def normalize_rows_backward(dnormalized, normalized, inverse):
    """dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ ⊙ x̂)) / √(σ² + ε), row by row."""
    product = dnormalized * normalized
    slope = product.mean(axis=1, keepdims=True)
    dx = dnormalized - dnormalized.mean(axis=1, keepdims=True)
    dx -= np.multiply(normalized, slope, out=product)
    dx *= inverse
    return dx


def over_root_mean_square(rows, epsilon):
    """y = x / √(mean(x²) + ε) and 1 / √(mean(x²) + ε), row by row."""
    inverse = 1.0 / np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + epsilon)
    return rows * inverse, inverse


def rescale_rows_backward(dy, y, normalized, inverse):
    """dx = (dy − x̂ mean(dy ⊙ y)) r for y = x r, r = 1 / √(mean(u²) + ε) and x̂ = u r, row by row.

    u is x itself, or x − μ.
    """
    return (dy - normalized * np.mean(dy * y, axis=1, keepdims=True)) * inverse


def over_length(rows, shortest, order=2):
    """y = x / max(‖x‖, shortest) and that divisor, row by row; ‖x‖ = (Σ |x|ᵖ)^(1/p), p `order`."""
    if order == 2:
        length = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    else:
        length = (np.abs(rows) ** order).sum(axis=1, keepdims=True) ** (1.0 / order)
    length = np.maximum(length, shortest)
    return rows / length, length


def over_length_backward(dy, y, length, shortest, order=2):
    """dx = (dy − sign(x) |y|ᵖ⁻¹ Σ dy ⊙ y) / ‖x‖, the part of dy across x where p is 2.

    Where ‖x‖ is below `shortest` the divisor is constant and dx = dy / shortest.
    """
    along = np.sum(dy * y, axis=1, keepdims=True) * (length > shortest)
    direction = y if order == 2 else np.sign(y) * np.abs(y) ** (order - 1)
    return (dy - direction * along) / length
