"""Integers as places in a vocabulary."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import ArrayLike, DType
from reference_numpy.layers.preprocessing.index_lookup import IndexLookup


class IntegerLookup(IndexLookup):
    """Integers as their places in a vocabulary, and back (`IndexLookup` has the rules).

    Shapes:
        inputs: any, integers
        y: int64 places, or rows as `output_mode` says; integers with `invert`

    Args:
        max_tokens: largest number of places, the special ones included; None for no limit.
        num_oov_indices: number of places for integers outside of the vocabulary.
        mask_token: the integer of place 0, or None.
        oov_token: what an OOV place is called where `invert` asks for it.
        vocabulary: a list or array of integers, or the path of a text file with one a line.
        vocabulary_dtype: only `"int64"`.
        idf_weights: the vocabulary's inverse document frequencies, for the mode tf_idf.
        invert: whether to go from places to integers.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
        sparse: not supported.
        pad_to_max_tokens: whether encoded rows are `max_tokens` long whatever the vocabulary.
        oov_method: which OOV place of several: `"floormod"` (the value modulo their number) or
            `"farmhash"` (the hash of its digits).
        salt: with `"farmhash"`, an integer or two for another hash.

    Raises:
        ValueError: for arguments that contradict one another, a vocabulary with repeated or
            reserved terms, or an integer without a place.
        NotImplementedError: for `sparse=True`.
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | int | None = None,
        oov_token: str | int = -1,
        vocabulary: str | ArrayLike | None = None,
        vocabulary_dtype: DType = "int64",
        idf_weights: str | ArrayLike | None = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: int | Sequence[int] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        if vocabulary_dtype != "int64":
            raise ValueError(
                "IntegerLookup looks up int64 alone. "
                f"Received: vocabulary_dtype={vocabulary_dtype!r}"
            )
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary_dtype=vocabulary_dtype,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            oov_method=oov_method,
            name=name,
            salt=salt,
            **kwargs,
        )
