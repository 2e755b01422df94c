"""Keras's optimizers."""

from typing import Any

from reference_numpy.optimizers import schedules
from reference_numpy.optimizers.adadelta import Adadelta
from reference_numpy.optimizers.adafactor import Adafactor
from reference_numpy.optimizers.adagrad import Adagrad
from reference_numpy.optimizers.adam import Adam
from reference_numpy.optimizers.adamax import Adamax
from reference_numpy.optimizers.adamw import AdamW
from reference_numpy.optimizers.ftrl import Ftrl
from reference_numpy.optimizers.lamb import Lamb
from reference_numpy.optimizers.lion import Lion
from reference_numpy.optimizers.loss_scale_optimizer import LossScaleOptimizer
from reference_numpy.optimizers.multi_optimizer import MultiOptimizer
from reference_numpy.optimizers.muon import Muon
from reference_numpy.optimizers.nadam import Nadam
from reference_numpy.optimizers.optimizer import Optimizer
from reference_numpy.optimizers.optimizer_map import OptimizerMap
from reference_numpy.optimizers.rmsprop import RMSprop
from reference_numpy.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from reference_numpy.optimizers.sgd import SGD
from reference_numpy.serialization import Family, serialize

_CLASSES = [
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    AdamW,
    Adamax,
    Ftrl,
    Lamb,
    Lion,
    LossScaleOptimizer,
    MultiOptimizer,
    Muon,
    Nadam,
    OptimizerMap,
    RMSprop,
    SGD,
    ScheduleFreeAdamW,
]

family = Family(
    "keras.optimizers", "optimizer", _CLASSES, {cls.__name__.lower(): cls for cls in _CLASSES}
)
deserialize = family.deserialize


def get(identifier: Any) -> Any:
    """An optimizer from its name (in any case), its config or itself; None stays None."""
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, dict):
        return family.get(identifier)
    if isinstance(identifier, str):
        return family.get(identifier.lower())
    raise ValueError(f"Could not interpret optimizer identifier: {identifier!r}")


__all__ = ["Optimizer", *family.classes, "deserialize", "get", "schedules", "serialize"]
