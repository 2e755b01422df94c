"""Models: graphs of layers that run forward and backward, train, and print themselves."""

from reference_numpy.models.functional import Functional
from reference_numpy.models.model import Model
from reference_numpy.models.sequential import Sequential

__all__ = ["Functional", "Model", "Sequential"]
