"""The NumPy half of a model's file, with classes and functions of somebody's own."""

import warnings
from collections.abc import Callable
from pathlib import Path

import reference_numpy as rn
from comparisons.harness.check.own_parts import OwnParts
from comparisons.harness.check.stand_ins import borrows
from comparisons.harness.proof.calls import layer_at, leaf_layers
from reference_numpy.models.model import Model
from reference_numpy.saving.errors import ModelFileError
from reference_numpy.serialization import AUTHORS_OWN


def read(path: Path, own: OwnParts, called: str, compile: bool) -> Model:
    """The model of a `.keras` file; what Keras computes in it has no weights yet, see `lend`.

    Args:
        path: the file.
        own: classes and functions of somebody's own that it needs.
        called: its name in what is said of it.
        compile: whether it is compiled, if the file says how.

    Raises:
        ValueError: the NumPy half does not read it; one line says why.
        OSError: there is no such file.
    """
    try:
        return rn.models.load_model(path, own.numpy, compile)
    except ModelFileError as error:
        named = ModelFileError(called, error.place, error.reason)
        said, is_own, _ = str(named).partition(AUTHORS_OWN)
        if not is_own:
            raise named from None
        hint = "--custom FILE.py names its file"
        if own.path:
            hint = f"{own.path} lacks it, or its NumPy half"
        raise ValueError(f"{said}{is_own}: {hint}") from None


def of_keras(path: Path, own: OwnParts):
    """The model by Keras, which alone knows where the weights of parts of its layers are."""
    import keras

    with warnings.catch_warnings(action="ignore"):  # they are of the model, not of what reads it
        return keras.saving.load_model(path, custom_objects=own.keras, compile=False)


def lend(model: Model, theirs: Callable) -> None:
    """Give the layers that Keras computes, or of which it computes a part, their weights.

    Args:
        model: the NumPy half of a file's model.
        theirs: gives the model that `of_keras` read; it is called where there are such layers.
    """
    for place, layer in leaf_layers(model):
        if borrows(layer):
            layer.set_weights(layer_at(theirs(), place).get_weights())
