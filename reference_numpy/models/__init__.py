"""Models: graphs of layers that run forward and backward, train, and print themselves."""

import os
from typing import Any

from reference_numpy.models.cloning import clone_model
from reference_numpy.models.from_keras import from_keras
from reference_numpy.models.functional import Functional
from reference_numpy.models.model import Model, files
from reference_numpy.models.sequential import Sequential
from reference_numpy.operations import Operation
from reference_numpy.serialization import FAMILIES, Family

# Keras keeps Sequential beside the dtype policies, and Functional in a module of its own.
FAMILIES["keras"].add(Sequential)
Family("keras.src.models.functional", "model", [Functional])


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
) -> Model:
    """Read a model from a `.keras` file; see `reference_numpy.saving.load_model`."""
    return files().load_model(filepath, custom_objects, compile)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Model:
    """A model from what `Model.to_json` or Keras's gave; the weights are new.

    Raises:
        ModelFileError: for text that describes no model, or one that is not held here.
    """
    return files().model_from_json(json_string, custom_objects)


def save_model(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write a model to a `.keras` file, as `Model.save`."""
    model.save(filepath, overwrite)


__all__ = [
    "Functional",
    "Model",
    "Operation",
    "Sequential",
    "clone_model",
    "from_keras",
    "load_model",
    "model_from_json",
    "save_model",
]
