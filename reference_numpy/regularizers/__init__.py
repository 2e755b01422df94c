"""Keras's regularizers."""

from reference_numpy.regularizers.regularizers import L2, Regularizer
from reference_numpy.serialization import Family

family = Family("keras.regularizers", "regularizer", [L2], {"l2": L2})
get, deserialize = family.get, family.deserialize

__all__ = ["Regularizer", "L2", "get", "deserialize"]
