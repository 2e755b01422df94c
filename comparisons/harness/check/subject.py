"""The model that is checked: its file, the file in another precision, and the oracle of it."""

import json
import zipfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from comparisons.harness.check.own_parts import NO_PARTS, OwnParts
from comparisons.harness.check.reading import lend, of_keras, read
from comparisons.harness.check.weights_alone import ENDING, are_alone, packed
from comparisons.harness.proof.precision import (
    computed_in,
    held_in,
    reference_precision,
    twin_precision,
)
from reference_numpy.models.model import Model
from reference_numpy.saving.archive import CONFIG
from reference_numpy.serialization import public_module

FLOATS = ("float16", "bfloat16", "float32", "float64")
POLICIES = (*FLOATS, "mixed_float16", "mixed_bfloat16")
METRICS = ("metrics", "weighted_metrics")  # arguments of `compile`, none of which changes a step


class Subject:
    """A model's file.

    Args:
        path: a `.keras` file, packed or unpacked, or weights alone (`.weights.h5`).
        folder: where files in other precisions are written.
        own: classes and functions of somebody's own that the model needs.
        config: of weights alone their model's, a `.json` or a `.keras` file.

    Raises:
        ValueError: the file is no model that the NumPy half reads; one line says why.
        OSError: there is no such file.
    """

    def __init__(
        self, path: Path, folder: Path, own: OwnParts = NO_PARTS, config: Path | None = None
    ):
        self.path, self.folder, self.own = Path(path), folder, own
        self.path.stat()  # one that is not there is refused for that, whatever it is called
        self.file = None if self.path.parent == folder else str(path)  # a live model has none
        self.called = self.file or "the model"
        if are_alone(self.path):
            if config is None:
                raise ValueError(
                    f"{path}: these are weights alone; give their model's config too, a .json or "
                    ".keras file"
                )
            self.path, self.called = packed(self.path, config, folder), f"{path} with {config}"
        elif config is not None:
            raise ValueError(f"config: it goes with weights alone, {ENDING}, not with {path}")
        model = self._read(self.path, compile=False)
        if not model.built:
            raise ValueError(f"{self.called}: the model is not built; give it an Input first")
        self.name, self.parameters = model.name, model.count_params()

    def as_dict(self) -> dict:
        """The model in plain values; a live one has no file."""
        return {"file": self.file, "name": self.name, "parameters": self.parameters}

    def in_precision(self, dtype: str) -> Path:
        """The same file with all that computes in floating point computing in `dtype`, a policy.

        It is compiled without metrics, which are asked for alone.
        """
        copy = self.folder / f"{dtype}.keras"
        if not copy.exists():
            with zipfile.ZipFile(copy, "w") as made:
                for name, content in _members(self.path):
                    if name == CONFIG:
                        config = _recast(json.loads(content), dtype)
                        if config.get("compile_config"):
                            config["compile_config"] |= dict.fromkeys(METRICS)
                        content = json.dumps(config)
                    made.writestr(name, content)
        return copy

    def metrics(self, dtype: str) -> dict:
        """What the model is compiled with as `METRICS`, as a file in a precision has it."""
        config = next(content for name, content in _members(self.path) if name == CONFIG)
        compiled = json.loads(config).get("compile_config") or {}
        return _recast({name: compiled.get(name) for name in METRICS}, dtype)

    def oracle(self, dtype: str, precision: str = "float64", compile: bool = False) -> Model:
        """The NumPy half of it, the weights rounded as a model of the policy `dtype` has them.

        Args:
            precision: in which it computes itself.
            compile: whether it is compiled, if the file says how.
        """
        with reference_precision(precision):
            model = self._read(self.in_precision(precision), compile=compile)
        lend(model, lambda: self._of_keras)
        held = held_in(dtype)
        model.set_weights(
            [w.astype(held).astype(w.dtype) if w.dtype.kind == "f" else w for w in model.weights]
        )
        return model

    def _read(self, path: Path, compile: bool) -> Model:
        return read(path, self.own, self.called, compile)

    @cached_property
    def _of_keras(self):
        return of_keras(self.path, self.own)

    def twin(self, dtype: str = "float32") -> Model:
        """The NumPy half of it in float32, or in float16 where a policy computes in it."""
        precision = twin_precision(dtype)
        return self.oracle(precision, precision)


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of what a model's file holds, or its folder where it is unpacked."""
    if path.is_dir():
        for member in sorted(path.rglob("*")):
            if member.is_file():
                yield member.relative_to(path).as_posix(), member.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def _recast(value, dtype: str):
    """A config with every floating dtype and policy changed to `dtype`.

    The optimizers of one backend alone, which Keras on PyTorch writes, are those of all.
    """
    if isinstance(value, list):
        return [_recast(item, dtype) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _recast(item, dtype) for key, item in value.items()}
    if "module" in found:
        found["module"] = public_module(found["module"])
    if found.get("dtype") in POLICIES:
        # Of a layer it is a policy, of an input or a tensor what is held there.
        found["dtype"] = dtype if "trainable" in found else held_in(dtype)
    if found.get("class_name") == "DTypePolicy" and found["config"].get("name") in POLICIES:
        found["config"] = {**found["config"], "name": dtype}
    return found


def rounded(array: np.ndarray, dtype: str) -> np.ndarray:
    """In float64 the numbers in which a policy computes; what is not floating stays."""
    return array.astype(computed_in(dtype)).astype("float64") if array.dtype.kind == "f" else array
