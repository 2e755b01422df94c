"""Classes and functions of somebody's own, from the file that a person names (`--custom`).

The file holds what the model's config names, as Keras needs it, and the NumPy halves:

    @keras.saving.register_keras_serializable("mine")
    class Scale(keras.layers.Layer): …

    @rn.register("mine", name="Scale")
    class NumpyScale(rn.layers.Layer): …

No file is run that was not named, and never one for what a model's file says.
"""

import inspect
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from comparisons.harness import backends
from comparisons.harness.check.stand_ins import borrowed, differentiated
from comparisons.harness.runs import runner
from reference_numpy import registration
from reference_numpy.serialization import Configurable

BY_DIFFERENCES = "gradient by differences"
TAKEN = "taken from {backend}"
NOT_JUDGED = f"{TAKEN}, not judged"


@dataclass(frozen=True)
class OwnParts:
    """What a file of somebody's own offers.

    Args:
        path: the file.
        keras: what Keras needs, by name.
        numpy: stand-ins of the oracle by the names of Keras's classes.
        told: of the layers that have no backward pass in NumPy, and of Lambda, where theirs comes
            from.
    """

    path: Path | None = None
    keras: dict[str, object] = field(default_factory=dict)
    numpy: dict[str, type] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


def load(path: Path, wanted: Sequence[str] | None) -> OwnParts:
    """Run the file here, and find a NumPy half for each layer of Keras's in it.

    Args:
        wanted: backends; the first that is there computes layers without a NumPy half, unless
            Keras runs on another in this process. None for any.

    Raises:
        ValueError: the file cannot be run, or a name is registered twice, one line says where; an
            unknown backend, or none that is there.
        OSError: there is no such file.
    """
    name, backend = _backend(wanted)
    import keras

    parts, numpy, told = keras_parts(path), {}, {}
    # Of a Lambda the file has the function, under the name by which the model's config calls it.
    for part in (*parts.values(), keras.layers.Lambda):
        if not (inspect.isclass(part) and issubclass(part, keras.layers.Layer)):
            continue
        registered = keras.saving.get_registered_name(part)
        own, key = registration.find(registered), registered.rpartition(">")[2]
        if own is None:
            numpy[key] = borrowed(part, backend, parts)
            told[key] = NOT_JUDGED.format(backend=name)
        elif not hasattr(own, "backward"):
            numpy[key], told[key] = differentiated(own, key), BY_DIFFERENCES
    return OwnParts(path, parts, numpy, told)


NO_PARTS = OwnParts()


def keras_parts(path: Path | None) -> dict[str, object]:
    """What the file defines but for NumPy halves, by name: `custom_objects` of Keras.

    Raises:
        ValueError: the file cannot be run; one line says where.
    """
    if path is None:
        return {}
    module = _run(path)
    return {
        name: part
        for name, part in vars(module).items()
        if (inspect.isclass(part) or inspect.isfunction(part))
        and part.__module__ == module.__name__
        and not (inspect.isclass(part) and issubclass(part, Configurable))
    }


def _run(path: Path) -> ModuleType:
    """The file as a module, which finds what stands beside it."""
    code = path.read_bytes()
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules.setdefault(module.__name__, module)  # dataclasses look there
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(code, path, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        raise ValueError(f"{path}{_line(error, path)}: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(path.parent))
    return module


@contextmanager
def told_of(own: OwnParts) -> Iterator[None]:
    """Meanwhile what goes wrong in the file's NumPy halves is one line that says where.

    Raises:
        ValueError: that line.
    """
    try:
        yield
    except Exception as error:
        if own.path is None or not (line := _line(error, own.path)):
            raise
        raise ValueError(f"{own.path}{line}: {type(error).__name__}: {error}") from error


def _line(error: BaseException, path: Path) -> str:
    """Where in the file something went wrong."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    number = error.lineno if isinstance(error, SyntaxError) else (lines or [None])[-1]
    return f", line {number}" if number else ""


def _backend(wanted: Sequence[str] | None) -> tuple[str, ModuleType]:
    """The backend of this process, fixed already or the first that is wanted and there."""
    columns, _ = runner.keras_columns(list(wanted or []))
    name = columns[0].removeprefix("keras-")
    if "keras" in sys.modules:
        name = sys.modules["keras"].config.backend()
    with backends.unheard():
        return name, backends.load(name)
