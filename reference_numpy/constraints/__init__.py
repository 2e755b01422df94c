"""Keras's constraints."""

from reference_numpy.constraints.constraints import (
    Constraint,
    MaxNorm,
    MinMaxNorm,
    NonNeg,
    UnitNorm,
)
from reference_numpy.serialization import Family, serialize

family = Family("keras.constraints", "constraint", [MaxNorm, NonNeg, UnitNorm, MinMaxNorm])
get, deserialize = family.get, family.deserialize

# Keras offers every class under a second name.
max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

__all__ = ["Constraint", *family.classes, "get", "deserialize", "serialize"]
__all__ += ["max_norm", "min_max_norm", "non_neg", "unit_norm"]
