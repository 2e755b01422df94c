"""The model that is checked: its file, the file in another precision, and the oracle of it."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import reference_numpy as rn
from comparisons.harness.proof.precision import reference_precision
from reference_numpy.models.model import Model
from reference_numpy.saving.archive import CONFIG

FLOATS = ("float16", "bfloat16", "float32", "float64")
POLICIES = (*FLOATS, "mixed_float16", "mixed_bfloat16")


class Subject:
    """A model's file.

    Args:
        path: a `.keras` file, packed or unpacked.
        folder: where files in other precisions are written.

    Raises:
        ValueError: the file is no model that the NumPy half reads; one line says why.
        OSError: there is no such file.
    """

    def __init__(self, path: Path, folder: Path):
        self.path, self.folder = Path(path), folder
        model = rn.models.load_model(self.path, compile=False)
        if not model.built:
            raise ValueError(f"{self.path}: the model is not built; give it an Input first")
        self.name, self.parameters = model.name, model.count_params()

    def as_dict(self) -> dict:
        """The model in plain values; a live one has no file."""
        file = None if self.path.parent == self.folder else str(self.path)
        return {"file": file, "name": self.name, "parameters": self.parameters}

    def in_precision(self, dtype: str) -> Path:
        """The same file with all that computes in floating point computing in `dtype`."""
        copy = self.folder / f"{dtype}.keras"
        if not copy.exists():
            with zipfile.ZipFile(copy, "w") as made:
                for name, content in _members(self.path):
                    if name == CONFIG:
                        content = json.dumps(_recast(json.loads(content), dtype))
                    made.writestr(name, content)
        return copy

    def oracle(self, dtype: str, precision: str = "float64", compile: bool = False) -> Model:
        """The NumPy half of it, the weights rounded as a model in `dtype` has them.

        Args:
            precision: in which it computes itself.
            compile: whether it is compiled, if the file says how.
        """
        with reference_precision(precision):
            model = rn.models.load_model(self.in_precision(precision), compile=compile)
        model.set_weights(
            [w.astype(dtype).astype(w.dtype) if w.dtype.kind == "f" else w for w in model.weights]
        )
        return model

    def twin(self) -> Model:
        """The NumPy half of it in float32."""
        return self.oracle("float32", "float32")


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
    """A config with every floating dtype and policy changed to `dtype`."""
    if isinstance(value, list):
        return [_recast(item, dtype) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _recast(item, dtype) for key, item in value.items()}
    if found.get("dtype") in POLICIES:
        found["dtype"] = dtype
    if found.get("class_name") == "DTypePolicy" and found["config"].get("name") in POLICIES:
        found["config"] = {**found["config"], "name": dtype}
    return found


def rounded(array: np.ndarray, dtype: str) -> np.ndarray:
    """In float64 the numbers that `dtype` holds; what is not floating stays."""
    return array.astype(dtype).astype("float64") if array.dtype.kind == "f" else array
