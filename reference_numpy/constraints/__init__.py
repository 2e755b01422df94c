"""Keras's constraints."""

from reference_numpy.serialization import Family

family = Family("keras.constraints", "constraint", [])
get, deserialize = family.get, family.deserialize

__all__ = ["get", "deserialize"]
