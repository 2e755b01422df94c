"""Keras's optimizers."""

from reference_numpy.optimizers import schedules
from reference_numpy.optimizers.adagrad import Adagrad
from reference_numpy.optimizers.adam import Adam
from reference_numpy.optimizers.optimizer import Optimizer
from reference_numpy.optimizers.rmsprop import RMSprop
from reference_numpy.optimizers.sgd import SGD
from reference_numpy.serialization import Family

_CLASSES = [SGD, RMSprop, Adam, Adagrad]

family = Family(
    "keras.optimizers", "optimizer", _CLASSES, {cls.__name__.lower(): cls for cls in _CLASSES}
)
deserialize = family.deserialize


def get(identifier):
    """An optimizer from its name (in any case), its config or itself; None stays None."""
    if isinstance(identifier, Optimizer):
        return identifier
    if identifier is None or isinstance(identifier, dict):
        return family.get(identifier)
    if isinstance(identifier, str):
        return family.get(identifier.lower())
    raise ValueError(f"Could not interpret optimizer identifier: {identifier!r}")


__all__ = ["Optimizer", *family.classes, "deserialize", "get", "schedules"]
