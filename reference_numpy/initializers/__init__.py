"""Keras's initializers."""

from typing import Any

import numpy as np

from reference_numpy import config
from reference_numpy.initializers.constant_initializers import Constant, Identity, Ones, Zeros
from reference_numpy.initializers.initializer import Initializer
from reference_numpy.initializers.random_initializers import (
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
)
from reference_numpy.initializers.stft_initializer import STFT
from reference_numpy.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)
from reference_numpy.serialization import Family, serialize, snake_case

family = Family(
    "keras.initializers",
    "initializer",
    [
        Constant,
        Identity,
        Ones,
        STFT,
        Zeros,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        LecunNormal,
        LecunUniform,
        Orthogonal,
        RandomNormal,
        RandomUniform,
        TruncatedNormal,
        VarianceScaling,
    ],
    {
        "IdentityInitializer": Identity,
        "OrthogonalInitializer": Orthogonal,
        "STFTInitializer": STFT,
        "normal": RandomNormal,
        "one": Ones,
        "uniform": RandomUniform,
        "zero": Zeros,
    },
)
deserialize = family.deserialize


def get(identifier: Any) -> Any:
    """An initializer from a name, a config, a class, an instance or the array itself."""
    if not isinstance(identifier, (np.ndarray, np.generic)):
        return family.get(identifier)

    def initialize(shape, dtype=None):
        if tuple(shape) != identifier.shape:
            raise ValueError(
                f"Expected `shape` to be {identifier.shape} for direct tensor as initializer. "
                f"Received: shape={shape}"
            )
        return identifier.astype(dtype or config.floatx())

    return initialize


# Keras offers every class under a second name, and three of them under a third.
_second_names = {snake_case(name): cls for name, cls in family.classes.items()}
globals().update(_second_names)
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT

__all__ = ["Initializer", *family.classes, *_second_names, "get", "deserialize", "serialize"]
__all__ += ["IdentityInitializer", "OrthogonalInitializer", "STFTInitializer"]
