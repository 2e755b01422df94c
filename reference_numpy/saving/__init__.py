"""Keras's files, both ways: `.keras` and `.weights.h5`, read without Keras and without trust."""

from reference_numpy.saving.errors import ModelFileError
from reference_numpy.saving.keras_file import (
    load_model,
    load_weights,
    model_from_json,
    save_model,
    save_weights,
    to_json,
)

__all__ = [
    "ModelFileError",
    "load_model",
    "load_weights",
    "model_from_json",
    "save_model",
    "save_weights",
    "to_json",
]
