"""Weights alone with the config of their model: together a model's file."""

import json
import zipfile
from pathlib import Path

from reference_numpy.saving.archive import (
    ASSETS,
    CONFIG,
    METADATA,
    WEIGHTS,
    open_members,
    open_regular,
)
from reference_numpy.saving.keras_file import KERAS_VERSION

ENDING = ".weights.h5"


def are_alone(path: Path) -> bool:
    """Whether a file is one of weights alone, by its name."""
    return path.name.endswith(ENDING)


def packed(weights: Path, config: Path, folder: Path) -> Path:
    """A `.keras` file of both in `folder`; whether they fit shows when it is read.

    Args:
        weights: what `model.save_weights` writes, `.weights.h5`.
        config: what `model.to_json` gives, in a file `.json`; or a `.keras` file of the same model.

    Raises:
        ValueError: a file that is no config; one line says why.
        OSError: a file that is not there.
    """
    if are_alone(config):
        raise ValueError(f"{config}: expected a model's config, a .json or .keras file")
    texts = _of_json(config) if config.suffix == ".json" else _of_model(config)
    open_regular(weights).close()  # what is no file, a pipe for one, is refused
    path = folder / "packed.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
        archive.write(weights, WEIGHTS)
    return path


def _of_json(path: Path) -> dict[str, str]:
    with open_regular(path) as file:
        try:
            text = file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{path}: expected a model's config as JSON, found no text") from None
    return {METADATA: json.dumps({"keras_version": KERAS_VERSION}), CONFIG: text}


def _of_model(path: Path) -> dict[str, str]:
    """Of a `.keras` file all but its weights; vocabularies are among it."""
    with open_members(path) as archive:
        assets = [n for n in archive.names() if n.startswith(ASSETS) and not n.endswith("/")]
        return {name: archive.read_text(name) for name in (METADATA, CONFIG, *assets)}
