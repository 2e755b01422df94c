"""Keras's initializers."""

from reference_numpy.initializers.constant_initializers import Ones, Zeros
from reference_numpy.initializers.initializer import Initializer
from reference_numpy.initializers.random_initializers import GlorotUniform
from reference_numpy.serialization import Family

family = Family("keras.initializers", "initializer", [Zeros, Ones, GlorotUniform])
get, deserialize = family.get, family.deserialize

__all__ = ["Initializer", "Zeros", "Ones", "GlorotUniform", "get", "deserialize"]
