"""Combinations of several features as the buckets that a hash puts them into."""

from typing import Any

import numpy as np

from reference_numpy.annotations import DType
from reference_numpy.layers.preprocessing.categorical_layer import CategoricalLayer, as_text
from reference_numpy.layers.preprocessing.fingerprints import fingerprint64, fingerprint_cat64
from reference_numpy.layers.preprocessing.hashing import as_bytes

_SEED = 0xDECAFCAFFE


def _field(value):
    """What a field contributes: an integer itself, a string its fingerprint."""
    return value & (2**64 - 1) if isinstance(value, int) else fingerprint64(as_bytes(value))


class HashedCrossing(CategoricalLayer):
    """index = hash(first value, second value, …) mod num_bins: a feature cross.

    The hash starts from a fixed number and takes the fields in one after another.

    Shapes:
        inputs: a list of arrays of one shape, (batch,) or (batch, 1) or (), integers or strings

    Args:
        num_bins: number of bins.
        output_mode: `"int"` or `"one_hot"`.
        sparse: not supported.

    Raises:
        ValueError: for `num_bins` below 1, another output mode, fewer than two inputs, other or
            differing shapes, or floating inputs.
        NotImplementedError: for `sparse=True`.
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: DType = None,
        **kwargs: Any,
    ):
        super().__init__(
            name=name, dtype="int64" if output_mode == "int" and dtype is None else dtype
        )
        if num_bins < 1:
            raise ValueError(
                f"Layer '{self.name}': `num_bins` must be 1 or more. Received: num_bins={num_bins}"
            )
        self.output_mode = self.check_output_mode(output_mode, ("int", "one_hot"))
        self.refuse_sparse(sparse)
        self.num_bins = num_bins
        self.sparse = sparse
        self.built = True

    def forward(self, inputs, training=False):
        """The encoded bins, and the inputs."""
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(
                f"Layer '{self.name}' takes a list of at least two inputs. Received: {inputs}"
            )
        fields = [as_text(field) for field in inputs]
        self._check(fields)
        rows = zip(*(field.reshape(-1).tolist() for field in fields), strict=True)
        bins = []
        for row in rows:
            number = _SEED
            for value in row:
                number = fingerprint_cat64(number, _field(value))
            bins.append(number % self.num_bins)
        bins = np.array(bins, "int64").reshape(fields[0].shape)
        return self.encode(bins, self.output_mode, self.num_bins, self.compute_dtype), fields

    def _check(self, fields):
        shapes = [field.shape for field in fields]
        shape = shapes[0]
        if any(other != shape for other in shapes) or len(shape) > 2 or shape[1:] not in ((), (1,)):
            raise ValueError(
                f"Layer '{self.name}': all inputs must have one shape, (), (batch,) or (batch, 1). "
                f"Received: shapes {shapes}"
            )
        if any(field.dtype.kind not in "iuU" for field in fields):
            raise ValueError(
                f"Layer '{self.name}': the inputs must be integers or strings. "
                f"Received: {[field.dtype.name for field in fields]}"
            )

    def compute_output_shape(self, input_shape):
        """The shape of the encoded bins; `input_shape` is a list of the inputs' shapes."""
        return self.encoded_shape(input_shape[0], self.output_mode, self.num_bins)

    def get_config(self):
        """Keras's keys: the dtype by its name, and no `trainable`."""
        config = {**super().get_config(), "dtype": self.variable_dtype}
        del config["trainable"]
        return config
