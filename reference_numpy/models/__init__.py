"""Models: graphs of layers that run forward and backward, train, and print themselves."""

from reference_numpy.models.from_keras import from_keras
from reference_numpy.models.functional import Functional
from reference_numpy.models.model import Model
from reference_numpy.models.sequential import Sequential
from reference_numpy.serialization import FAMILIES, Family

# Keras keeps Sequential beside the dtype policies, and Functional in a module of its own.
FAMILIES["keras"].add(Sequential)
Family("keras.src.models.functional", "model", [Functional])

__all__ = ["Functional", "Model", "Sequential", "from_keras"]
