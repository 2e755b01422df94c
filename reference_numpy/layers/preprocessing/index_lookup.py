"""The lookup of values in a vocabulary: what StringLookup and IntegerLookup share."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import ArrayLike, DType
from reference_numpy.layers.preprocessing.categorical_layer import (
    OUTPUT_MODES,
    CategoricalLayer,
    as_text,
)
from reference_numpy.layers.preprocessing.hashing import check_salt, hash_buckets
from reference_numpy.layers.preprocessing.lookup_validation import (
    check_options,
    check_terms,
    terms_of,
)

_DROPPED = np.iinfo("int64").max


class IndexLookup(CategoricalLayer):
    """index = the value's place in the vocabulary; values outside of it share a few places.

    The places are, in this order:

        0                     the mask token, if there is one and the output mode is int
        next num_oov_indices  values that are not in the vocabulary ("out of vocabulary", OOV)
        the rest              the vocabulary

    With several OOV places a hash chooses among them. With `invert` the layer goes from places
    back to values. In the other output modes (see `CategoricalLayer`) the mask token leaves no
    mark; `tf_idf` is count times the inverse document frequency of each place,

        idf = ln(1 + documents / (1 + documents with the value)),

    for OOV places the mean over the vocabulary.

    The vocabulary is given, or learned by `adapt` from the values' frequencies: the commonest
    first, of equally common ones the greater first.

    State: a given vocabulary is part of the config; a learned one is a file of the model's assets,
    `vocabulary.txt` (see `assets`); the idf weights are the array `idf_weights` of the layer's own
    variables.
    """

    not_in_config: tuple[str, ...] = (
        *CategoricalLayer.not_in_config,
        "vocabulary",
        "idf_weights",
        "vocabulary_size",
        "has_input_vocabulary",
    )

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: str | int | None,
        oov_token: str | int,
        vocabulary_dtype: DType,
        vocabulary: str | ArrayLike | None = None,
        idf_weights: str | ArrayLike | None = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        name: str | None = None,
        salt: int | Sequence[int] | None = None,
        vocabulary_size: int | None = None,
        has_input_vocabulary: bool | None = None,
        trainable: bool = True,
        dtype: DType = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, **kwargs)
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        self.output_mode = self.check_output_mode(output_mode, (*OUTPUT_MODES, "tf_idf"))
        self.refuse_sparse(sparse)
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.vocabulary_dtype = vocabulary_dtype
        self.invert = invert
        self.sparse = sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.oov_method = oov_method
        self.salt = check_salt(salt, self.name)
        self.fixed_size = vocabulary_size
        check_options(self, idf_weights)
        self.tokens: list[Any] = []
        self.index_of_token: dict[Any, int] = {}
        self.idf_weights = None
        # The config does not name a file of one's own: its terms travel as an asset.
        self.input_vocabulary = None if isinstance(vocabulary, str) else vocabulary
        self.input_idf_weights = idf_weights
        self.has_input_vocabulary = (
            vocabulary is not None if has_input_vocabulary is None else has_input_vocabulary
        )
        self.reset_state()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
        self.built = True

    # Keras's policy says float32, though the layer computes in the dtype of its vocabulary.
    @property
    def compute_dtype(self):
        """Name of the vocabulary's dtype, `"string"` or `"int64"`."""
        return self.vocabulary_dtype

    @property
    def variable_dtype(self):
        """Name of the vocabulary's dtype."""
        return self.vocabulary_dtype

    @property
    def output_dtype(self):
        """Name of the dtype of the output."""
        if self.invert:
            return self.vocabulary_dtype
        return config.floatx() if self.output_mode == "tf_idf" else "int64"

    # The vocabulary

    @property
    def oov_start(self):
        """The first place of values outside the vocabulary: after the mask's, if it has one."""
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def token_start(self):
        """The place of the vocabulary's first value."""
        return self.oov_start + self.num_oov_indices

    @property
    def special_tokens(self):
        """What stands in the places before the vocabulary."""
        return [self.mask_token] * self.oov_start + [self.oov_token] * self.num_oov_indices

    def get_vocabulary(self, include_special_tokens=True):
        """The values in the order of their places, with or without the places before them."""
        return (self.special_tokens if include_special_tokens else []) + list(self.tokens)

    def vocabulary_size(self):
        """Number of places, those of the mask and of OOV values included."""
        return self.token_start + len(self.tokens)

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Set the values (with or without the special tokens in front) and their idf weights.

        Args:
            vocabulary: a list or array of values, or the path of a text file with one a line.
            idf_weights: a list or array as long as `vocabulary`; in the mode tf_idf alone.

        Raises:
            ValueError: for an empty vocabulary, values that repeat, a special token in the middle,
                more values than `max_tokens`, weights that are missing, too many or too few.
        """
        if (idf_weights is None) == (self.output_mode == "tf_idf"):
            raise ValueError(
                f"Layer '{self.name}': `idf_weights` must be given in the output mode 'tf_idf' and "
                f"in no other. Received: output_mode={self.output_mode!r}"
            )
        if isinstance(vocabulary, str):
            if self.output_mode == "tf_idf":
                raise ValueError(
                    f"Layer '{self.name}': a vocabulary file has no idf weights; in the output "
                    "mode 'tf_idf' give the terms as a list."
                )
            with open(vocabulary, encoding="utf-8") as file:
                self._set_tokens(self._terms(file.read()))
            return
        values = terms_of(self, np.atleast_1d(as_text(vocabulary)).tolist())
        special = self.special_tokens
        has_special = bool(special) and values[: len(special)] == special
        tokens = values[len(special) :] if has_special else values
        check_terms(self, values, tokens)
        if idf_weights is not None:
            self._set_idf(np.asarray(idf_weights, "float64"), len(values), has_special)
        self._set_tokens(tokens)

    def _set_idf(self, weights, expected, has_special):
        if weights.shape != (expected,):
            raise ValueError(
                f"Layer '{self.name}': `idf_weights` must be as long as the vocabulary, {expected}."
                f" Received: shape {weights.shape}"
            )
        front = 0 if has_special else self.token_start
        self.idf_weights = self._padded(weights, front)

    def _padded(self, weights, front):
        """The weights with their mean in `front` places before them and zeros up to max_tokens."""
        weights = np.concatenate([np.full(front, weights.mean()), weights])
        missing = self.max_tokens - len(weights) if self.pad_to_max_tokens else 0
        return np.pad(weights, (0, missing)).astype(config.floatx())

    def _set_tokens(self, tokens):
        if self.output_mode != "int" and not self.pad_to_max_tokens:
            size, fixed = self.token_start + len(tokens), self.fixed_size
            if fixed is not None and size != fixed:
                raise RuntimeError(
                    f"Layer '{self.name}': in the output mode '{self.output_mode}' the size of the "
                    f"vocabulary cannot change from {fixed} to {size}, unless "
                    "`pad_to_max_tokens=True`."
                )
        self.tokens = tokens
        self.index_of_token = {token: index for index, token in enumerate(tokens, self.token_start)}
        self.fixed_size = self.vocabulary_size()

    # Learning the vocabulary

    def adapt(self, data, steps=None):
        """Learn the vocabulary from an array or list of values, or from an iterable of batches."""
        self.reset_state()
        if isinstance(data, (list, tuple, np.ndarray)):
            data = np.asarray(data)
            self.update_state(data[:, None] if data.ndim == 1 else data)
        else:
            for number, batch in enumerate(data):
                if steps is not None and number >= steps:
                    break
                self.update_state(batch)
        self.finalize_state()

    def reset_state(self):
        """Forget the counts of values seen so far."""
        self.token_counts, self.document_counts, self.documents = Counter(), Counter(), 0

    def update_state(self, data):
        """Count the values of a batch: rows are documents; an array of one axis is one document."""
        data = np.atleast_2d(as_text(data))
        self.count_documents(data.reshape(len(data), -1).tolist())

    def count_documents(self, documents):
        """Count the values of documents, a list of lists."""
        if self.has_input_vocabulary:
            raise ValueError(
                f"Layer '{self.name}' has a vocabulary that was given and cannot be adapted."
            )
        for document in documents:
            self.token_counts.update(document)
            self.document_counts.update(set(document))
        self.documents += len(documents)

    def finalize_state(self):
        """Make the vocabulary from the counts."""
        for token in (self.mask_token, self.oov_token):
            self.token_counts.pop(token, None)
        if not self.token_counts:
            self._set_tokens(self.tokens)
            return
        ordered = sorted(self.token_counts.items(), key=lambda item: item[::-1], reverse=True)
        tokens = [token for token, _ in ordered]
        if self.max_tokens:
            tokens = tokens[: self.max_tokens - self.token_start]
        self._set_tokens(tokens)
        if self.output_mode == "tf_idf":
            documents = np.array([self.document_counts[token] for token in tokens])
            weights = np.log(1 + self.documents / (1 + documents))
            self.idf_weights = self._padded(weights, self.token_start)
        self.reset_state()

    # Looking up

    def forward(self, inputs, training=False):
        """The places (or, inverted, the values), and the inputs."""
        inputs = as_text(inputs)
        if self.invert:
            return self._values(inputs), inputs
        places = self.places(inputs)
        return places if self.output_mode == "int" else self.encode_places(places), inputs

    def encode_places(self, places):
        """Places in the form of an output mode other than int."""
        if not self.pad_to_max_tokens and self.fixed_size is None:
            raise RuntimeError(
                f"Layer '{self.name}': in the output mode '{self.output_mode}' the vocabulary must "
                "be set before the first call, by `vocabulary`, `adapt` or `set_vocabulary`."
            )
        if self.output_mode != "tf_idf":
            return self.encode(places, self.output_mode, self.depth, "int64")
        if self.idf_weights is None:
            raise ValueError(f"Layer '{self.name}' has no `idf_weights` yet: call `adapt`.")
        return self.encode(places, "count", self.depth, config.floatx()) * self.idf_weights

    @property
    def depth(self):
        """Length of an encoded row."""
        return self.max_tokens if self.pad_to_max_tokens else self.fixed_size

    def places(self, inputs):
        """The place of every value. Raises ValueError for one that has none."""
        if self.vocabulary_dtype == "int64":
            inputs = inputs.astype("int64", copy=False)
        elif inputs.dtype.kind != "U" and inputs.size:
            raise ValueError(
                f"Layer '{self.name}' looks up strings. Received: an array of {inputs.dtype.name}"
            )
        different, inverse = np.unique(inputs, return_inverse=True)
        places = [self.index_of_token.get(value, -1) for value in different.tolist()]
        places = np.array(places, "int64")
        outside = places < 0
        if outside.any():
            if self.num_oov_indices == 1:
                places[outside] = self.oov_start
            elif self.num_oov_indices > 1:
                places[outside] = self.oov_buckets(different[outside]) + self.oov_start
        if self.mask_token is not None:
            mask_place = 0 if self.output_mode == "int" else _DROPPED
            places[different == self.mask_token] = mask_place
        if (places < 0).any():
            raise ValueError(
                f"Layer '{self.name}': with num_oov_indices=0 every value must be in the "
                f"vocabulary. Received: {different[places < 0].tolist()}"
            )
        return places[inverse].reshape(inputs.shape)

    def oov_buckets(self, values):
        """Which of the OOV places each value goes to, counted from 0."""
        if self.vocabulary_dtype != "string" and self.oov_method == "floormod":
            return values % self.num_oov_indices
        return hash_buckets(values, self.num_oov_indices, self.salt)

    def _values(self, places):
        value_of = dict(enumerate(self.tokens, self.token_start))
        if self.mask_token is not None:
            value_of[0] = self.mask_token
        values = [value_of.get(place, self.oov_token) for place in places.reshape(-1).tolist()]
        dtype = str if self.vocabulary_dtype == "string" else "int64"
        return np.array(values, dtype).reshape(places.shape)

    def compute_output_shape(self, input_shape):
        """The shape of the encoded places."""
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        return self.encoded_shape(input_shape, mode, self.depth)

    # State in a model's file

    def assets(self):
        """Files that belong to the layer, `{name: text}`: a learned vocabulary."""
        if self.input_vocabulary is not None:
            return {}
        return {"vocabulary.txt": "\n".join(str(term) for term in self.get_vocabulary())}

    def load_assets(self, files):
        """Set the vocabulary from what `assets` gave."""
        if self.input_vocabulary is not None:
            return
        terms = self._terms(files["vocabulary.txt"])
        special = self.special_tokens
        check_terms(self, terms, terms[len(special) :])
        self._set_tokens(terms[len(special) :])

    def save_own_variables(self, store):
        """Put the idf weights into `store`, a dictionary of arrays."""
        if self.output_mode == "tf_idf":
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store):
        """Set the idf weights from `store`."""
        if self.output_mode == "tf_idf":
            self.idf_weights = np.array(store["idf_weights"], config.floatx())

    def _terms(self, text):
        lines = text.split("\n")
        # An empty last line ends the file, unless the layer is known to have one more term, "".
        while lines and not lines[-1] and len(lines) > (self.fixed_size or 0):
            lines.pop()
        return lines if self.vocabulary_dtype == "string" else [int(line) for line in lines]

    def get_config(self):
        """Keras's keys; a given vocabulary as a list."""
        vocabulary, weights = self.input_vocabulary, self.input_idf_weights
        return {
            **super().get_config(),
            "vocabulary": None if vocabulary is None else as_text(vocabulary).tolist(),
            "idf_weights": None if weights is None else np.asarray(weights).tolist(),
            "vocabulary_size": self.fixed_size,
        }

    @classmethod
    def from_config(cls, config):
        """The layer from its config. Raises ValueError where the vocabulary is a path."""
        if isinstance(config.get("vocabulary"), str):
            raise ValueError(
                f"The config of a {cls.__name__} names the vocabulary file "
                f"{config['vocabulary']!r}. Files outside of a model's archive are not read."
            )
        return super().from_config(config)
