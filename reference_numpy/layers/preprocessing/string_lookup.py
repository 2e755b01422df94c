"""Strings as places in a vocabulary."""

from collections.abc import Sequence
from typing import Any

from reference_numpy.annotations import ArrayLike
from reference_numpy.layers.preprocessing.index_lookup import IndexLookup


class StringLookup(IndexLookup):
    """Strings as their places in a vocabulary, and back (`IndexLookup` has the rules).

    Shapes:
        inputs: any, strings (or bytes in UTF-8); integers with `invert`
        y: int64 places, or rows as `output_mode` says; strings with `invert`

    Args:
        max_tokens: largest number of places, the special ones included; None for no limit.
        num_oov_indices: number of places for strings outside of the vocabulary.
        mask_token: the string of place 0, or None.
        oov_token: what an OOV place is called where `invert` asks for it.
        vocabulary: a list or array of strings, or the path of a text file with one a line.
        idf_weights: the vocabulary's inverse document frequencies, for the mode tf_idf.
        invert: whether to go from places to strings.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
        pad_to_max_tokens: whether encoded rows are `max_tokens` long whatever the vocabulary.
        sparse: not supported.
        encoding: the text encoding; only `"utf-8"`.
        salt: an integer or two for another hash among several OOV places.

    Raises:
        ValueError: for arguments that contradict one another, a vocabulary with repeated or
            reserved terms, or a string without a place.
        NotImplementedError: for `sparse=True` and other encodings.
    """

    not_in_config = (*IndexLookup.not_in_config, "vocabulary_dtype")

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | int | None = None,
        oov_token: str | int = "[UNK]",
        vocabulary: str | ArrayLike | None = None,
        idf_weights: str | ArrayLike | None = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        salt: int | Sequence[int] | None = None,
        **kwargs: Any,
    ):
        if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
            raise NotImplementedError(
                f"StringLookup reads UTF-8, as its hashes do. Received: encoding={encoding!r}"
            )
        self.encoding = encoding
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary_dtype="string",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            name=name,
            salt=salt,
            **kwargs,
        )
