"""Keras's files, both ways: `.keras` and `.weights.h5`, read without Keras and without trust."""

import sys

from reference_numpy.models.model import Model
from reference_numpy.saving.errors import ModelFileError
from reference_numpy.saving.keras_file import (
    load_model,
    load_weights,
    model_from_json,
    save_model,
    save_weights,
    to_json,
)

# Models stand a floor below, so they are told who reads and writes them.
Model.files = sys.modules[__name__]

__all__ = [
    "ModelFileError",
    "load_model",
    "load_weights",
    "model_from_json",
    "save_model",
    "save_weights",
    "to_json",
]
