"""Keras's constraints."""

from reference_numpy.constraints.constraints import (
    Constraint,
    MaxNorm,
    MinMaxNorm,
    NonNeg,
    UnitNorm,
)
from reference_numpy.serialization import Family

family = Family("keras.constraints", "constraint", [MaxNorm, NonNeg, UnitNorm, MinMaxNorm])
get, deserialize = family.get, family.deserialize

__all__ = ["Constraint", *family.classes, "get", "deserialize"]
