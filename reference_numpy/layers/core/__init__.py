"""Core layers."""

from reference_numpy.layers.core.dense import Dense
from reference_numpy.layers.core.einsum_dense import EinsumDense
from reference_numpy.layers.core.embedding import Embedding
from reference_numpy.layers.core.identity import Identity
from reference_numpy.layers.core.input_layer import Input, InputLayer
from reference_numpy.layers.core.masking import Masking
from reference_numpy.layers.core.reversible_embedding import ReversibleEmbedding

__all__ = [
    "Dense",
    "EinsumDense",
    "Embedding",
    "Identity",
    "Input",
    "InputLayer",
    "Masking",
    "ReversibleEmbedding",
]
