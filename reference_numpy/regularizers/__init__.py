"""Keras's regularizers."""

from reference_numpy.regularizers.regularizers import (
    L1,
    L1L2,
    L2,
    OrthogonalRegularizer,
    Regularizer,
)
from reference_numpy.serialization import Family, serialize

family = Family("keras.regularizers", "regularizer", [L1, L2, L1L2, OrthogonalRegularizer])
get, deserialize = family.get, family.deserialize

# Keras offers every class under a second name.
l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

__all__ = ["Regularizer", *family.classes, "get", "deserialize", "serialize"]
__all__ += ["l1", "l2", "l1_l2", "orthogonal_regularizer"]
