"""The entry of a graph: a layer that holds a place for an array of a known shape."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config, dtype_policies
from reference_numpy.annotations import DType
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.symbolic import KerasTensor, Node


class InputLayer(Layer):
    """A placeholder for what a model is given; it computes nothing.

    Args:
        shape: sizes of one sample, without the batch axis; None where any size will do.
        batch_size: size of the batch axis, None for any.
        dtype: dtype name to which a model converts this input; None for `config.floatx()`.
        batch_shape: the shape with the batch axis, instead of `shape` and `batch_size`.
        optional: whether None may be given for this input.
        name: name of the input, by which a dictionary of inputs finds it.

    Raises:
        ValueError: where neither or both of `shape` and `batch_shape` are given.
        NotImplementedError: for sparse and ragged inputs, which NumPy does not have.
    """

    samples_apart = True

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: DType = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        optional: bool = False,
        name: str | None = None,
    ):
        super().__init__(name=name)
        if (shape is None) == (batch_shape is None):
            raise ValueError(
                f"You must pass a `shape` argument to the input '{self.name}', or a `batch_shape`, "
                f"but not both. Received: shape={shape}, batch_shape={batch_shape}"
            )
        if batch_size is not None and batch_shape is not None:
            raise ValueError("You cannot pass both `batch_size` and `batch_shape`.")
        if sparse or ragged:
            raise NotImplementedError(
                f"The input '{self.name}' is declared sparse or ragged: NumPy has none."
            )
        if shape is not None:
            batch_shape = (batch_size, *_sizes(shape))
        self.batch_shape = _sizes(batch_shape)
        self.input_dtype = dtype_name(dtype)
        self.sparse, self.ragged, self.optional = False, False, bool(optional)
        self.built = True
        Node(self, (), {}, KerasTensor(self.batch_shape, self.input_dtype, name=self.name))

    @property
    def dtype(self):
        """Name of the dtype to which the input is converted."""
        return self.input_dtype

    def forward(self, x, training=False):
        """x, and no cache."""
        return x, None

    def backward(self, dy, cache):
        """dy, and no gradients of weights."""
        return dy, []

    def get_config(self):
        """The shape, dtype and name, with Keras's keys."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.input_dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def Input(  # noqa: N802 (Keras's name)
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: DType = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    optional: bool = False,
) -> Any:
    """A symbolic tensor with which a model begins; the arguments are those of `InputLayer`."""
    layer = InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, optional, name)
    return layer.output


def dtype_name(dtype):
    """The name of a dtype that is given as a name, a NumPy type, or None for the default."""
    if dtype is None:
        return config.floatx()
    return dtype if dtype == "string" else dtype_policies.name_of(dtype)


def _sizes(shape):
    if isinstance(shape, (int, np.integer)) or not all(
        size is None or (isinstance(size, (int, np.integer)) and size >= 0) for size in shape
    ):
        raise ValueError(
            "A `shape` is a tuple of sizes, each an integer of 0 or more, or None where any size "
            f"will do. Received: shape={shape}"
        )
    return tuple(None if size is None else int(size) for size in shape)
