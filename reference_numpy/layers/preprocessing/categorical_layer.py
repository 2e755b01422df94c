"""What the layers share that turn values into indices: the encodings of an index."""

import math

import numpy as np

from reference_numpy import tree
from reference_numpy.layers.layer import Layer

OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count")


def as_text(values):
    """Strings as an array of `str`; bytes are read as UTF-8, and integers stay integers.

    Bytes that are no UTF-8 are kept in Python's surrogate characters, so that nothing is lost.
    """
    values = np.asarray(values)
    if values.dtype.kind == "S":
        values = values.astype(object)
    if values.dtype.kind != "O":
        return values
    texts = [
        value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
        for value in values.reshape(-1).tolist()
    ]
    return np.array(texts).reshape(values.shape)


class CategoricalLayer(Layer):
    """Values become indices 0 … depth − 1, and an index is put out in one of four forms.

        int         the indices themselves
        one_hot     a row of zeros with a 1 at the index, for every index
        multi_hot   one row for each sample, 1 at every index that occurs in it
        count       one row for each sample, at every index the number of times it occurs

    Indices from `depth` on leave no mark. A function to indices is constant wherever it has a
    derivative, so dx is 0 for floating inputs, and None for integers and strings.

    Shapes:
        int: that of the input.  one_hot: the input's and `depth`, where a last axis of size 1 is
        dropped first.  multi_hot, count: samples along axis 1 are gathered, (batch, …, depth), or
        (depth,) for an input of one axis, which is one sample.
    """

    def refuse_sparse(self, sparse):
        """Raise NotImplementedError where sparse output is asked for."""
        if sparse:
            raise NotImplementedError(
                f"Layer '{self.name}': `sparse=True` is not supported, since NumPy has no sparse "
                "arrays."
            )

    def check_output_mode(self, output_mode, allowed=OUTPUT_MODES):
        """`output_mode` itself. Raises ValueError where it is none of `allowed`."""
        if output_mode not in allowed:
            raise ValueError(
                f"Layer '{self.name}': `output_mode` must be one of {', '.join(allowed)}. "
                f"Received: output_mode={output_mode!r}"
            )
        return output_mode

    def encode(self, indices, output_mode, depth, dtype, weights=None):
        """The indices in the form of `output_mode`; `weights` are what an occurrence counts."""
        if output_mode == "int":
            return indices.astype(dtype)
        indices = np.atleast_1d(indices)
        if output_mode == "one_hot":
            if indices.ndim > 1 and indices.shape[-1] == 1:
                indices = indices[..., 0]
            return (indices[..., None] == np.arange(depth)).astype(dtype)
        if (indices < 0).any():
            raise ValueError(
                f"Layer '{self.name}': indices must be 0 or more in the output mode "
                f"'{output_mode}'. Received: {indices.min()}"
            )
        samples = np.moveaxis(np.atleast_2d(indices), 1, -1)
        weights = np.ones(indices.shape) if weights is None else np.asarray(weights)
        weights = np.moveaxis(np.atleast_2d(weights), 1, -1)
        count = math.prod(samples.shape[:-1])
        rows = np.arange(count).reshape(*samples.shape[:-1], 1)
        known = samples < depth
        flat = (rows * depth + samples)[known]
        counts = np.bincount(flat, weights[known], minlength=count * depth)
        counts = counts.reshape(*samples.shape[:-1], depth).astype(dtype)
        if output_mode == "multi_hot":
            counts = (counts != 0).astype(dtype)
        return counts[0] if indices.ndim == 1 else counts

    def encoded_shape(self, input_shape, output_mode, depth):
        """Shape of what `encode` makes of indices of `input_shape`."""
        shape = tuple(input_shape) or (1,)
        if output_mode == "int":
            return tuple(input_shape)
        if output_mode == "one_hot":
            return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
        return (depth,) if len(shape) == 1 else (shape[0], *shape[2:], depth)

    def backward(self, dy, cache):
        """dx, 0 or None, and no gradients of weights; `cache` is the input."""

        def zeros(x):
            return np.zeros_like(x) if x.dtype.kind == "f" else None

        return tree.map_structure(zeros, cache), []
