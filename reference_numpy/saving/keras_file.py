"""Models in Keras's files: `.keras` (everything) and `.weights.h5` (the state alone)."""

import contextlib
import datetime
import io
import json
import os
import stat
import tempfile
import warnings
import zipfile
from typing import Any

from reference_numpy import registration
from reference_numpy.models.functional import Functional
from reference_numpy.models.model import Model
from reference_numpy.models.sequential import Sequential
from reference_numpy.saving.archive import (
    ASSETS,
    CONFIG,
    METADATA,
    OLDER,
    WEIGHTS,
    open_members,
    open_regular,
)
from reference_numpy.saving.config_check import check_config, place_of, read_json
from reference_numpy.saving.errors import ModelFileError
from reference_numpy.saving.reading import read_state, unchanged_on_error, weights_within
from reference_numpy.saving.state import own_arrays, places
from reference_numpy.sharing import sharing

#: the version of Keras whose format is written
KERAS_VERSION = "3.15.1"
_MODELS = {"Functional": Functional, "Sequential": Sequential}


def _hdf5():
    """What reads and writes weights: imported with the first file, since h5py takes a while."""
    from reference_numpy.saving import hdf5

    return hdf5


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
) -> Model:
    """Read a model from a `.keras` file that Keras or the NumPy half has written.

    Architecture, weights, and, with `compile`, how it was compiled and the optimizer's state. No
    code in the file is run: see `config_check`.

    Args:
        filepath: the file.
        custom_objects: classes and functions of one's own by their names, as far as they are not
            registered (`rn.register`).
        compile: whether the model is compiled.

    Raises:
        ModelFileError: for a file that cannot be read, in one line: file, place and reason.
        FileNotFoundError: if there is no such file.
    """
    path = _checked_path(filepath, ".keras")
    with open_members(path) as archive:
        _check_version(path, archive.read_text(METADATA))
        config = read_json(path, CONFIG, archive.read_text(CONFIG))
        with (
            archive.open_weights() as weights,
            _hdf5().WeightsReader(path, weights, WEIGHTS) as reader,
        ):
            with weights_within(weights.size), registration.custom_objects(custom_objects):
                model = _make_model(path, config, compile)
            with _blaming(path, "config"):  # the optimizer's state is made of what it says
                read_state(model, reader, archive.assets)
        archive.check_assets()
    return model


def _make_model(path, config, compile):
    """The model that a config describes, once the config has been looked through."""
    cls = _model_class(path, config)
    check_config(path, config, "config")
    with _blaming(path, "config"), sharing():
        model = cls.from_config(config["config"])
    if compile and config.get("compile_config"):
        check_config(path, config, "compile_config")
        with _blaming(path, "compile_config"):
            model.compile_from_config(config["compile_config"])
    return model


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Model:
    """A model from its config as text, compiled as that says; the weights are new.

    Raises:
        ModelFileError: for text that describes no model, or one that is not held here.
    """
    with registration.custom_objects(custom_objects):
        return _make_model("JSON", read_json("JSON", CONFIG, json_string), compile=True)


def to_json(model: Any) -> str:
    """The config of a model as text."""
    with sharing():
        config = model.serialize()
    return json.dumps(config)


@contextlib.contextmanager
def _blaming(path, key):
    """Whatever goes wrong meanwhile is the fault of `key` in the file's config."""
    try:
        yield
    except (ModelFileError, Warning):  # a warning that is to be an error
        raise
    except Exception as error:
        place = place_of((key, *getattr(error, "config_keys", ())))
        reason = str(error)
        if not isinstance(error, (ValueError, NotImplementedError)):
            reason = f"it does not fit: a value of another kind, or none, is expected ({error})"
        raise ModelFileError(path, f"{CONFIG}: {place}", reason) from error


def _checked_path(filepath, ending):
    path = os.fspath(filepath)
    if not path.endswith(ending):
        older = path.endswith((".h5", ".hdf5", ".json")) or os.path.isdir(path)
        hint = f" For a model in another format: {OLDER}." if older and ending == ".keras" else ""
        if older and ending == ".weights.h5":
            hint = " Load other weights in Keras 3, and save them as one file of this ending."
        raise ValueError(f"{path}: expected the ending `{ending}`.{hint}")
    return path


def _check_version(path, text):
    metadata = read_json(path, METADATA, text)
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    if not isinstance(version, str):
        raise ModelFileError(path, METADATA, "it does not say which Keras has written the file")
    major = version.split(".")[0]
    if major != "3":
        hint = f": {OLDER}" if major in ("0", "1", "2") else ""
        raise ModelFileError(
            path, METADATA, f"it was written by Keras {version}; only Keras 3's are read{hint}"
        )


def _model_class(path, config):
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise ModelFileError(path, CONFIG, "it describes no model")
    name = config.get("class_name")
    if not isinstance(name, str) or name not in _MODELS:
        raise ModelFileError(
            path,
            f"{CONFIG}: class_name",
            f"the model is a {name!r}; only {' and '.join(_MODELS)} models are read, since the "
            "others are code",
        )
    return _MODELS[name]


def save_model(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write a model to a `.keras` file, as Keras does: it is there whole or not at all.

    Raises:
        ValueError: for a path of another ending.
        FileExistsError: for a file that exists, without `overwrite`.
        OSError: for a place where no file can be written.
    """
    path = _checked_path(filepath, ".keras")
    with sharing():
        config = model.serialize()
    for key in ("config", "compile_config"):
        try:
            check_config(path, config, key)
        except ModelFileError as error:
            reason = f"it could not be read again, so it is not written: {error.reason}"
            raise ModelFileError(path, error.place, reason) from None
    _warn_of_losses(model, config)
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": now}
    weights = io.BytesIO()
    _hdf5().write_weights(weights, _state(model))

    def write(file):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(METADATA, json.dumps(metadata))
            archive.writestr(CONFIG, json.dumps(config))
            archive.writestr(WEIGHTS, weights.getbuffer())
            for place, layer in places(model):
                for name, text in (layer.assets() if hasattr(layer, "assets") else {}).items():
                    archive.writestr(f"{ASSETS}{place}/{name}", text)

    _write_whole(path, overwrite, write)


def _warn_of_losses(model, config):
    """Say in one line each what no file can hold, and what Keras cannot read."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if getattr(optimizer, "leaves_out", False):
        warnings.warn(
            f"A file cannot hold which weights the optimizer '{optimizer.name}' leaves out of "
            "weight decay: call `exclude_from_weight_decay` again after loading.",
            stacklevel=4,
        )
    if foreign := sorted(_without_keras(config)):
        warnings.warn(
            f"Keras cannot read the file of the model '{model.name}', since its files cannot name "
            f"{', '.join(foreign)}.",
            stacklevel=4,
        )


def _without_keras(config):
    """The functions in a config that Keras's files cannot name, as they are made here."""
    if isinstance(config, (list, tuple)):
        return {name for part in config for name in _without_keras(part)}
    if not isinstance(config, dict):
        return set()
    module, own = str(config.get("module")), config.get("config")
    if module.startswith("reference_numpy."):
        arguments = ", ".join(f"{name}={value!r}" for name, value in own.items())
        return {f"{module}.{config['class_name']}({arguments})"}
    return _without_keras(list(config.values()))


def save_weights(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write weights, and the optimizer's state of a compiled model, to a `.weights.h5` file."""
    path = _checked_path(filepath, ".weights.h5")
    _write_whole(path, overwrite, lambda file: _hdf5().write_weights(file, _state(model)))


def load_weights(model: Any, filepath: str | os.PathLike[str], skip_mismatch: bool = False) -> None:
    """Fill a built model from a `.weights.h5` file, or from the weights of a `.keras` file.

    With `skip_mismatch` a layer whose weights do not fit stays as it is, which a warning says.

    Raises:
        ModelFileError: if a weight is missing or has another shape; the model is then as before.
        ValueError: for a model that is not built.
    """
    path = os.fspath(filepath)
    if not model.built:
        raise ValueError(
            f"Model '{model.name}' is not built, so its weights cannot be loaded. Build it by "
            "calling it on a batch of data."
        )
    with contextlib.ExitStack() as stack:
        if path.endswith(".keras"):
            archive = stack.enter_context(open_members(path))
            weights, assets = stack.enter_context(archive.open_weights()), archive.assets
            reader = _hdf5().WeightsReader(path, weights, WEIGHTS)
        else:
            _checked_path(path, ".weights.h5")
            weights, assets = stack.enter_context(open_regular(path)), None
            reader = _hdf5().WeightsReader(path, weights)
        with reader, unchanged_on_error(model):
            read_state(model, reader, assets, skip_mismatch)


def _state(model):
    """`(place, name, arrays)` of everything that has state."""
    for place, layer in places(model):
        yield place, layer.name, own_arrays(layer)
    if model.compiled and model.optimizer is not None:
        yield from _optimizer_state(model.optimizer, "optimizer")


def _optimizer_state(optimizer, place):
    variables = {str(i): variable.value for i, variable in enumerate(optimizer.variables)}
    yield place, optimizer.name, variables
    if hasattr(optimizer, "inner_optimizer"):
        yield from _optimizer_state(optimizer.inner_optimizer, f"{place}/inner_optimizer")


def _write_whole(path, overwrite, write):
    """Let `write` fill a file beside `path`, then put it in its place."""
    if os.path.exists(path) and not overwrite:
        raise FileExistsError(f"The file {path} exists, and `overwrite` is False.")
    target = os.path.realpath(path)  # a link stays, and what it leads to is written
    with _naming(path):
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), suffix=".part")
        try:
            with os.fdopen(handle, "w+b") as file:
                write(file)
            os.chmod(temporary, _mode(target))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise


def _mode(path):
    """The permissions that a plain open would have left a file with."""
    if os.path.exists(path):
        return stat.S_IMODE(os.stat(path).st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


@contextlib.contextmanager
def _naming(path):
    """Meanwhile errors of the system name the file that is wanted, not the one beside it."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, os.strerror(error.errno), path) from error
