"""Keras's regularizers."""

from reference_numpy.regularizers.regularizers import (
    L1,
    L1L2,
    L2,
    OrthogonalRegularizer,
    Regularizer,
)
from reference_numpy.serialization import Family

family = Family("keras.regularizers", "regularizer", [L1, L2, L1L2, OrthogonalRegularizer])
get, deserialize = family.get, family.deserialize

__all__ = ["Regularizer", *family.classes, "get", "deserialize"]
