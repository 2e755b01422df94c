"""Text as sequences of places in a vocabulary."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reference_numpy.annotations import ArrayLike
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.preprocessing.categorical_layer import as_text
from reference_numpy.layers.preprocessing.string_lookup import StringLookup

_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
_SPLIT = ("whitespace", "character", None)
_PUNCTUATION = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")
_SPACE = re.compile(r"[ \t\n\v\f\r]+")
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class TextVectorization(Layer):
    """Text is standardized, split into tokens, joined to n-grams, and each is looked up.

    Only ASCII letters are lowered and only ASCII white space splits, as TensorFlow has it. The
    lookup is a `StringLookup` with the mask token "" and one place for unknown tokens: in the
    output mode int place 0 is padding, 1 unknown, and the vocabulary follows.

    Shapes:
        inputs: (batch,) or (batch, 1), strings; any shape without `split`
        y: (batch, longest sequence or `output_sequence_length`) in the mode int, else
        (batch, vocabulary size or `max_tokens`)

    Args:
        max_tokens: largest number of places, padding and unknown included.
        standardize: `"lower_and_strip_punctuation"`, `"lower"`, `"strip_punctuation"` or None.
        split: `"whitespace"`, `"character"` or None.
        ngrams: longest n-gram, or the lengths of the n-grams wanted; None for single tokens.
        output_mode: `"int"`, `"one_hot"`, `"multi_hot"`, `"count"` or `"tf_idf"`.
        output_sequence_length: length to which sequences are cut or padded, in the mode int.
        pad_to_max_tokens: whether encoded rows are `max_tokens` long whatever the vocabulary.
        vocabulary, idf_weights: as `StringLookup` takes them.
        sparse, ragged: not supported.
        encoding: only `"utf-8"`.

    Raises:
        ValueError: for unknown options, options that contradict one another, or inputs with a last
            axis other than 1 that are to be split.
        NotImplementedError: for `sparse`, `ragged`, other encodings, and functions as
            `standardize` or `split`, which no file can hold.

    State: that of the lookup, under this layer's own place in the file (`assets`, own variables).
    """

    not_in_config = (
        *Layer.not_in_config,
        "vocabulary",
        "idf_weights",
        "vocabulary_size",
        "has_input_vocabulary",
    )

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[..., Any] = "lower_and_strip_punctuation",
        split: str | Callable[..., Any] = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: str | ArrayLike | None = None,
        idf_weights: str | ArrayLike | None = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        vocabulary_size: int | None = None,
        has_input_vocabulary: bool | None = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        for option, value, allowed in (
            ("standardize", standardize, _STANDARDIZE),
            ("split", split, _SPLIT),
        ):
            if callable(value) or isinstance(value, dict):
                raise NotImplementedError(
                    f"Layer '{self.name}': `{option}` cannot be a function, since no file can hold "
                    "it. Apply it to the text before."
                )
            if value not in allowed:
                raise ValueError(
                    f"Layer '{self.name}': `{option}` must be one of {allowed}. "
                    f"Received: {option}={value!r}"
                )
        if ragged:
            raise NotImplementedError(
                f"Layer '{self.name}': `ragged=True` is not supported, since NumPy has no ragged "
                "arrays."
            )
        ngrams = tuple(ngrams) if isinstance(ngrams, list) else ngrams
        widths = (ngrams,) if isinstance(ngrams, int) else ngrams or ()
        if not isinstance(widths, tuple) or not all(isinstance(n, int) and n > 0 for n in widths):
            raise ValueError(
                f"Layer '{self.name}': `ngrams` must be a positive integer, a tuple of them, or "
                f"None. Received: ngrams={ngrams}"
            )
        length = output_sequence_length
        if length is not None and (output_mode != "int" or not isinstance(length, int)):
            raise ValueError(
                f"Layer '{self.name}': `output_sequence_length` must be an integer or None, and "
                f"None in other output modes than int. Received: output_sequence_length={length}, "
                f"output_mode={output_mode!r}"
            )
        self.standardize, self.split, self.ngrams = standardize, split, ngrams
        self.output_sequence_length, self.ragged = output_sequence_length, ragged
        self._lookup_layer = self.track(
            StringLookup(
                max_tokens=max_tokens,
                vocabulary=vocabulary,
                idf_weights=idf_weights,
                pad_to_max_tokens=pad_to_max_tokens,
                mask_token="",
                output_mode=output_mode,
                sparse=sparse,
                has_input_vocabulary=has_input_vocabulary,
                encoding=encoding,
                vocabulary_size=vocabulary_size,
            )
        )
        for name in ("max_tokens", "output_mode", "pad_to_max_tokens", "sparse", "encoding"):
            setattr(self, name, getattr(self._lookup_layer, name))
        self.built = True

    @property
    def compute_dtype(self):
        """Always `"string"`."""
        return "string"

    @property
    def variable_dtype(self):
        """Always `"string"`."""
        return "string"

    @property
    def output_dtype(self):
        """Name of the dtype of the output."""
        return self._lookup_layer.output_dtype

    def adapt(self, data, batch_size=None, steps=None):
        """Learn the vocabulary from a list or array of texts, or from an iterable of batches."""
        self._lookup_layer.reset_state()
        batches = [data] if isinstance(data, (list, tuple, np.ndarray)) else data
        for number, batch in enumerate(batches):
            if steps is not None and number >= steps:
                break
            texts = as_text(batch)
            if self.split is None and texts.ndim == 1 and batches is not data:
                texts = texts[:, None]
            self._lookup_layer.count_documents(self.tokenize(np.atleast_1d(texts)))
        self._lookup_layer.finalize_state()

    def tokenize(self, texts):
        """The tokens (n-grams) of every text, a list of lists.

        Without `split` the entries along the last axis are a document's tokens.
        """
        if self.split is None:
            documents = texts.reshape(math.prod(texts.shape[:-1]), texts.shape[-1]).tolist()
            rows = [[self._standardized(token) for token in row] for row in documents]
        else:
            if texts.ndim > 1 and texts.shape[-1] != 1:
                raise ValueError(
                    f"Layer '{self.name}': texts that are to be split have the shape (batch,) or "
                    f"(batch, 1). Received: inputs.shape={texts.shape}"
                )
            rows = [self._tokens(self._standardized(text)) for text in texts.reshape(-1).tolist()]
        if self.ngrams is None:
            return rows
        widths = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        return [
            [" ".join(row[i : i + n]) for n in widths for i in range(len(row) - n + 1)]
            for row in rows
        ]

    def _standardized(self, text):
        if self.standardize in ("lower", "lower_and_strip_punctuation"):
            text = text.translate(_LOWER)
        if self.standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
            text = _PUNCTUATION.sub("", text)
        return text

    def _tokens(self, text):
        if self.split == "character":
            return list(text)
        return [token for token in _SPACE.split(text) if token]

    def forward(self, inputs, training=False):
        """The places or the encoded rows, and no cache."""
        texts = as_text(inputs)
        rows = self.tokenize(np.atleast_1d(texts))
        length = max(map(len, rows), default=0)
        if self.output_sequence_length is not None:
            length = self.output_sequence_length
        # The mask token "" pads: its place is 0, and in the other modes it leaves no mark.
        padded = [row[:length] + [""] * (length - len(row)) for row in rows]
        tokens = np.array(padded, str).reshape(len(rows), length)
        places = self._lookup_layer.places(tokens)
        single = texts.ndim == 0 or (texts.ndim == 1 and self.split is None)
        y = places if self.output_mode == "int" else self._lookup_layer.encode_places(places)
        if single:
            return y[0], None
        leading = texts.shape[:1] if texts.ndim == 1 else texts.shape[:-1]
        return y.reshape(*leading, *y.shape[1:]), None

    def backward(self, dy, cache):
        """None: text has no gradient."""
        return None, []

    def compute_output_shape(self, input_shape):
        """The sequences' shape (their length is None unless it is fixed), or the rows'."""
        leading = tuple(input_shape[:1] if len(input_shape) == 1 else input_shape[:-1])
        if self.split is None:
            leading = tuple(input_shape[:-1])
        if self.output_mode == "int":
            return (*leading, self.output_sequence_length)
        return (*leading, self._lookup_layer.depth)

    # The vocabulary and the state in a model's file are the lookup's.

    def get_vocabulary(self, include_special_tokens=True):
        """The tokens in the order of their places, those of padding and unknown ones first."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self):
        """Number of places, those of padding and unknown tokens included."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Set the tokens and their idf weights, as `IndexLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def assets(self):
        """Files that belong to the layer, `{name: text}`: a learned vocabulary."""
        return self._lookup_layer.assets()

    def load_assets(self, files):
        """Set the vocabulary from what `assets` gave."""
        self._lookup_layer.load_assets(files)

    def save_own_variables(self, store):
        """Put the idf weights into `store`, a dictionary of arrays."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store):
        """Set the idf weights from `store`."""
        self._lookup_layer.load_own_variables(store)

    def get_config(self):
        """Keras's keys; a given vocabulary as a list."""
        lookup = self._lookup_layer.get_config()
        given = {key: lookup[key] for key in ("vocabulary", "idf_weights")}
        return {**super().get_config(), **given, "vocabulary_size": self.vocabulary_size()}
