"""Models: graphs of layers that run forward and backward, train, and print themselves."""

from reference_numpy.models.from_keras import from_keras
from reference_numpy.models.functional import Functional
from reference_numpy.models.model import Model
from reference_numpy.models.operations import Operation
from reference_numpy.models.sequential import Sequential
from reference_numpy.serialization import FAMILIES, Family

# Keras keeps Sequential beside the dtype policies, and Functional in a module of its own.
FAMILIES["keras"].add(Sequential)
Family("keras.src.models.functional", "model", [Functional])


def load_model(filepath, compile=True):
    """Read a model from a `.keras` file; see `reference_numpy.saving.load_model`."""
    return Model.files.load_model(filepath, compile)


__all__ = ["Functional", "Model", "Operation", "Sequential", "from_keras", "load_model"]
