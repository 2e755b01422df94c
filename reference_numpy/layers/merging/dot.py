"""The products of two arrays' vectors, sample by sample."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Structure
from reference_numpy.layers.merging.base_merge import Merge
from reference_numpy.layers.normalization.axes import over_length, over_length_backward


class Dot(Merge):
    """y[b, i, j] = Σ_k x₁[b, i, k] x₂[b, j, k]: the dot products of all vectors of a sample.

        dx₁[b, i, k] = Σ_j dy[b, i, j] x₂[b, j, k]    dx₂[b, j, k] = Σ_i dy[b, i, j] x₁[b, i, k]

    With `normalize` the vectors are divided by their lengths first, u = x / max(‖x‖, ε), and y
    holds the cosines of their angles: dx = (du − u (u · du)) / ‖x‖, or du / ε for a shorter one.

    Shapes:
        x₁: (batch, …) and x₂: (batch, …), k standing for one axis of each, i and j for the others
        y: (batch, i…, j…), or (batch, 1) where there are no others

    Args:
        axes: the axis k of both inputs, or the two axes in a list; never the batch axis.
        normalize: whether vectors are normalised; ε is `config.epsilon()`.

    Raises:
        TypeError, ValueError: for axes that are no integers or more than two.
        ValueError: for other than two inputs, or axes of different sizes.

    Source: `keras.layers.Dot`.
    """

    samples_apart = False

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(axes, (int, list, tuple)):
            raise TypeError(
                f"Invalid type for argument `axes` of layer '{self.name}': it should be a list or "
                f"an int. Received: axes={axes}"
            )
        pair = [axes, axes] if isinstance(axes, int) else axes
        if len(pair) != 2 or not all(isinstance(axis, int) for axis in pair):
            raise ValueError(
                f"Invalid format for argument `axes` of layer '{self.name}': it should contain two "
                f"integers. Received: axes={axes}"
            )
        self.axes = axes
        self.normalize = normalize

    def build(self, input_shape):
        """Nothing to create: only check the shapes."""
        self.positive_axes(input_shape)

    def positive_axes(self, input_shape):
        """The axis of each input, counted from the front.

        Raises:
            ValueError: for shapes that do not fit.
        """
        self.check_list(input_shape)
        if len(input_shape) != 2:
            raise ValueError(
                f"The `Dot` layer '{self.name}' should be called on a list of 2 inputs. "
                f"Received: input_shape={input_shape}"
            )
        given = [self.axes, self.axes] if isinstance(self.axes, int) else self.axes
        problem = None
        if any(not -len(shape) <= axis < len(shape) for axis, shape in zip(given, input_shape)):
            problem = "an axis is out of range"
        else:
            axes = [axis % len(shape) for axis, shape in zip(given, input_shape)]
            sizes = [shape[axis] for axis, shape in zip(axes, input_shape)]
            if 0 in axes:
                problem = "the batch axis 0 cannot be summed over"
            elif None not in sizes and sizes[0] != sizes[1]:
                problem = f"axis values {sizes[0]} (at axis {axes[0]}) != {sizes[1]} (at {axes[1]})"
            elif len({shape[0] for shape in input_shape} - {None}) > 1:
                problem = "the batch sizes differ"
        if problem:
            raise ValueError(
                f"Incompatible input shapes of layer '{self.name}': {problem}. Full input shapes: "
                f"{input_shape[0]}, {input_shape[1]}"
            )
        return axes

    def forward(self, inputs, training=False):
        """All products, and the vectors of both inputs."""
        self.check_inputs(inputs)
        axes = self.positive_axes([x.shape for x in inputs])
        vectors = [Vectors(self.as_float(x), k, self.normalize) for x, k in zip(inputs, axes)]
        first, second = vectors
        y = first.rows @ second.rows.swapaxes(1, 2)
        shape = self.compute_output_shape([x.shape for x in inputs])
        return y.reshape(shape), (vectors, [x.dtype.kind for x in inputs])

    def backward(self, dy, cache):
        """The gradients of both inputs (None for integers), and none of weights."""
        (first, second), kinds = cache
        dy = dy.reshape(len(dy), first.rows.shape[1], second.rows.shape[1])
        dx = [first.backward(dy @ second.rows), second.backward(dy.swapaxes(1, 2) @ first.rows)]
        return [part if kind == "f" else None for part, kind in zip(dx, kinds)], []

    def compute_output_shape(self, input_shape):
        """The batch axis, and the axes that are not summed over."""
        first, second = (
            shape[1:axis] + shape[axis + 1 :]
            for shape, axis in zip(input_shape, self.positive_axes(input_shape))
        )
        return (input_shape[0][0], *((*first, *second) or (1,)))

    def compute_mask(self, inputs, previous_mask=None):
        """None: the steps of the inputs are not steps of the output."""


class Vectors:
    """The vectors along one axis of an array, as `rows` of shape (batch, number, size).

    Args:
        x: the array.
        axis: the axis along which its vectors lie.
        normalize: whether they are divided by their lengths.
    """

    def __init__(self, x, axis, normalize):
        moved = np.moveaxis(x, axis, -1)
        self.axis, self.moved_shape = axis, moved.shape
        self.rows = moved.reshape(len(x), math.prod(moved.shape[1:-1]), moved.shape[-1])
        self.length = None
        if normalize:
            rows, self.length = over_length(self._flat(self.rows), config.epsilon())
            self.rows = rows.reshape(self.rows.shape)

    def backward(self, drows):
        """The array's gradient, given that of `rows`."""
        if self.length is not None:
            given = self._flat(drows), self._flat(self.rows), self.length
            drows = over_length_backward(*given, config.epsilon())
        return np.moveaxis(drows.reshape(self.moved_shape), -1, self.axis)

    def _flat(self, rows):
        """The vectors of all samples below one another."""
        return rows.reshape(math.prod(self.moved_shape[:-1]), self.moved_shape[-1])


def dot(inputs: Structure, axes: int | Sequence[int] = -1, **kwargs: Any) -> Any:
    """`Dot` as a function of the list of two inputs."""
    return Dot(axes=axes, **kwargs)(inputs)
