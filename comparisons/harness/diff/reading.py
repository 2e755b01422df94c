"""The two models of a diff, from files of models or of weights alone."""

import inspect
from dataclasses import replace
from pathlib import Path

from comparisons.harness.check import reading, weights_alone
from comparisons.harness.check.own_parts import OwnParts
from reference_numpy import registration
from reference_numpy.models.model import Model
from reference_numpy.serialization import Configurable


def read(a: Path, b: Path, config: Path | None, own: OwnParts, folder: Path) -> list[Model]:
    """The models of two files; of weights alone the other file's model with them, or `config`'s.

    Args:
        own: classes and functions of somebody's own that they need.
        folder: where weights alone are packed.

    Raises:
        ValueError: a file that is no model, or no config where one is needed; one line says why.
        OSError: a file that is not there.
    """
    whole = [path for path in (a, b) if not weights_alone.are_alone(path)]
    if config is not None and len(whole) == 2:
        ending = weights_alone.ENDING
        raise ValueError(f"config: it goes with weights alone, {ending}, not with {a} and {b}")
    known = [config] if config is not None else whole
    if not known:
        raise ValueError(
            f"{a}: these are weights alone; compare them with a .keras file, or give their model's "
            "config too, a .json or .keras file"
        )
    models = []
    for path in (a, b):
        called = str(path)
        if path not in whole:
            called = f"{path} with {known[0]}"
            path = weights_alone.packed(path, known[0], folder)
        models.append(_model(path, called, own))
    return models


def _model(path: Path, called: str, own: OwnParts) -> Model:
    """The model of a file, compiled as that says."""
    named = _named(own)
    if named:  # what stands in a layer is not to be found among them
        reading.read(path, own, called, compile=False)
    model = reading.read(path, replace(own, numpy=own.numpy | named), called, compile=True)
    reading.lend(model, lambda: reading.of_keras(path, own))
    return model


class _Named(Configurable):
    """Stands for a loss or a metric that has no NumPy half: it has a name and a config alone."""

    def __init__(self, **config):
        self.config = config

    def get_config(self):
        """What it was made of."""
        return self.config


def _named(own: OwnParts) -> dict[str, type]:
    """Stand-ins for the functions, losses and metrics of the file that have no NumPy half."""
    if not own.keras:
        return {}
    import keras

    found = {}
    for part in own.keras.values():
        kinds = keras.losses.Loss, keras.metrics.Metric
        if inspect.isfunction(part) or issubclass(part, kinds):
            registered = keras.saving.get_registered_name(part)
            if registration.find(registered) is None:
                name = registered.rpartition(">")[2]
                found[name] = type(name, (_Named,), {})
    return found
