"""Keras's learning rate schedules: `schedule(step)` is the learning rate of that step, a float."""

from reference_numpy.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from reference_numpy.optimizers.schedules.decay import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from reference_numpy.optimizers.schedules.schedule import LearningRateSchedule
from reference_numpy.serialization import Family, serialize

family = Family(
    "keras.optimizers.schedules",
    "learning rate schedule",
    [
        ExponentialDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        InverseTimeDecay,
        CosineDecay,
        CosineDecayRestarts,
    ],
)
deserialize = family.deserialize

__all__ = ["LearningRateSchedule", *family.classes, "deserialize", "serialize"]
