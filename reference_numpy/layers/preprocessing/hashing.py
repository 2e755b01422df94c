"""Values as the buckets that a hash puts them into."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.layers.preprocessing.categorical_layer import CategoricalLayer, as_text
from reference_numpy.layers.preprocessing.fingerprints import fingerprint64, siphash


def check_salt(salt, layer_name):
    """`salt` as a list of two integers (None stays). Raises ValueError for anything else."""
    if salt is None:
        return None
    if isinstance(salt, int):
        return [salt, salt]
    if isinstance(salt, (tuple, list)) and len(salt) == 2:
        return list(salt)
    raise ValueError(
        f"Layer '{layer_name}': `salt` must be an integer or two integers. Received: salt={salt}"
    )


def as_bytes(value):
    """The text that is hashed for a value: UTF-8 of a string, decimal digits of a number."""
    text = value if isinstance(value, str) else str(int(value))
    return text.encode("utf-8", "surrogateescape")


def hash_buckets(values, count, salt=None):
    """The bucket 0 … count − 1 of every value: FarmHash modulo `count`, with a salt SipHash."""
    different, inverse = np.unique(values, return_inverse=True)
    texts = [as_bytes(value) for value in different.tolist()]
    hashes = [fingerprint64(text) if salt is None else siphash(text, salt) for text in texts]
    buckets = np.array([number % count for number in hashes], "int64")
    return buckets[inverse].reshape(np.shape(values))


class Hashing(CategoricalLayer):
    """index = hash(value) mod num_bins: a fixed number of categories without a vocabulary.

    Different values may share a bin. Integers are hashed as their decimal digits; floating numbers
    are cut to integers first. With `mask_value` bin 0 is kept for that value, and the others go to
    1 + hash(value) mod (num_bins − 1).

    Args:
        num_bins: number of bins, 1 or more.
        mask_value: the value of bin 0, or None.
        salt: an integer or two, which make the hash another one (SipHash-2-4 in FarmHash's place).
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"` or `"count"` (see `CategoricalLayer`).
        sparse: not supported.

    Raises:
        ValueError: for `num_bins` below 1, another output mode or salt, or a floating dtype in the
            output mode int.
        NotImplementedError: for `sparse=True`.

    Source: Weinberger et al. 2009, "Feature hashing for large scale multitask learning".
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: str | int | None = None,
        salt: int | Sequence[int] | None = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ):
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else config.floatx()
        super().__init__(**kwargs)
        if num_bins is None or num_bins < 1:
            raise ValueError(
                f"Layer '{self.name}': `num_bins` must be 1 or more. Received: num_bins={num_bins}"
            )
        self.output_mode = self.check_output_mode(output_mode)
        if output_mode == "int" and self.compute_dtype not in ("int32", "int64"):
            raise ValueError(
                f"Layer '{self.name}': with output_mode='int' the dtype must be int32 or int64. "
                f"Received: dtype={self.compute_dtype}"
            )
        self.refuse_sparse(sparse)
        self.num_bins = num_bins
        self.mask_value = mask_value
        self.salt = check_salt(salt, self.name)
        self.sparse = sparse
        self.built = True

    @property
    def output_dtype(self):
        """Name of the output's dtype; under mixed precision that of weights, to count on."""
        return self.variable_dtype

    def forward(self, inputs, training=False):
        """The encoded bins, and the input."""
        inputs = as_text(inputs)
        masked = self.mask_value is not None and self.num_bins > 1
        bins = hash_buckets(inputs, self.num_bins - masked, self.salt)
        if masked:
            bins = np.where(inputs == self.mask_value, 0, bins + 1)
        return self.encode(bins, self.output_mode, self.num_bins, self.output_dtype), inputs

    def compute_output_shape(self, input_shape):
        """The shape of the encoded bins."""
        return self.encoded_shape(input_shape, self.output_mode, self.num_bins)
