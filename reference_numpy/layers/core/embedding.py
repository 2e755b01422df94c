"""Vectors looked up by integers."""

from typing import Any

import numpy as np

from reference_numpy.annotations import Array, Named
from reference_numpy.layers.argument_validation import positive_integer, refuse_quantization
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.low_rank import LowRankAdaptation


class Embedding(LowRankAdaptation, Layer):
    """y[i] = E[x[i]]: every integer stands for a row of the table E.

    It is the product of one-hot vectors with E, so each row's gradient adds up dy over the places
    where its integer occurs:

        dE[n] = Σ dy[i] over all i with x[i] = n

    Shapes:
        x: (batch, …) integers from 0 to input_dim − 1   E = `embeddings`: (input_dim, output_dim)
        y: (batch, …, output_dim)

    Args:
        input_dim: size of the vocabulary, 1 or more.
        output_dim: size of a vector, 1 or more.
        embeddings_initializer: first values of E.
        embeddings_regularizer: penalty on E.
        embeddings_constraint: projection of E after each step.
        mask_zero: whether the integer 0 is padding, to be masked out for later layers.
        weights: first values of E as an array, instead of the initializer.
        lora_rank: rank of the low-rank adaptation; None for none. See `enable_lora`.
        lora_alpha: numerator of the factor before the adaptation; None for the rank.

    Raises:
        ValueError: for sizes below 1, and for an integer outside the vocabulary.

    Source: Bengio, Ducharme, Vincent and Jauvin, A Neural Probabilistic Language Model (2003);
    Saito, Deep Learning from Scratch 2, section 4.1; `keras.layers.Embedding`.
    """

    adapts = "embeddings"
    not_in_config = ("autocast", "weights", "lora_rank", "lora_alpha")

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Named = "uniform",
        embeddings_regularizer: Named = None,
        embeddings_constraint: Named = None,
        mask_zero: bool = False,
        weights: Array | list[Array] | None = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        refuse_quantization(self.name, quantization_config)
        self.keep_low_rank_arguments(lora_rank, lora_alpha)
        self.input_dim = positive_integer(input_dim, "input_dim")
        self.output_dim = positive_integer(output_dim, "output_dim")
        arguments = embeddings_initializer, embeddings_regularizer, embeddings_constraint
        self.keep_arguments_of("embeddings", *arguments)
        self.mask_zero = mask_zero
        self.quantization_config = quantization_config
        self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) else [weights])

    @property
    def samples_apart(self):
        """At inference; in training each part's gradient would be of all E. Not with a mask."""
        return False if self.mask_zero else "inference"

    def build(self, input_shape=None):
        """Create E, once: its size does not depend on the input."""
        if not self.built:
            self.add_tables()
            self.adapt_from_the_start()

    def add_tables(self):
        """Create E."""
        shape = (self.input_dim, self.output_dim)
        self._embeddings = self.add_with_arguments("embeddings", shape, autocast=False)

    @property
    def embeddings(self):
        """E; once the layer is adapted, E with its adaptation."""
        return self.adapted

    def forward(self, x, training=False):
        """The rows of E, and the integers."""
        return self.look_up(x)

    def look_up(self, x):
        """The rows of E, and (x, the integers); negative ones count from the end, as in Keras."""
        indices = x if x.dtype.kind in "iu" else x.astype("int32")
        low, high = (indices.min(), indices.max()) if indices.size else (0, 0)
        if low < -self.input_dim or high >= self.input_dim:
            raise ValueError(
                f"Layer '{self.name}' has the integers 0 to {self.input_dim - 1} in its vocabulary "
                f"(input_dim={self.input_dim}). Received integers from {low} to {high}."
            )
        if low < 0:
            indices = indices % self.input_dim
        return self.embeddings[indices].astype(self.compute_dtype, copy=False), (x, indices)

    def backward(self, dy, cache):
        """No gradient of integers (zeros if they came as floats), and [dE]."""
        dx, table_gradient = self.look_up_backward(dy, cache)
        return dx, self.adapted_gradients([table_gradient])

    def look_up_backward(self, dy, cache):
        """dx and dE: the rows of dy added up by their integers.

        The rows are sorted by integer, so that equal ones stand together, and added segment by
        segment: five times as fast as `np.add.at`.
        """
        x, indices = cache
        dx = np.zeros_like(x) if x.dtype.kind == "f" else None
        total = np.zeros((self.input_dim, self.output_dim), dy.dtype)
        order = np.argsort(indices, axis=None, kind="stable")
        ordered = indices.reshape(-1)[order]
        is_first = np.ones(len(ordered), bool)
        np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        if len(starts):
            rows = dy.reshape(-1, self.output_dim)[order]
            total[ordered[starts]] = np.add.reduceat(rows, starts, axis=0)
        return dx, total

    def compute_mask(self, inputs, previous_mask=None):
        """False where the integer is 0, if 0 is padding."""
        return np.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        """One axis more, of `output_dim`."""
        return (*input_shape, self.output_dim)
