"""The house: floors of imports, the three trees, and what each room may import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Within a tree a module imports from its own room and from rooms on floors below it only.
LIBRARY = [
    {"annotations", "config", "console", "registration", "sharing", "tree", "kernels"},
    {"serialization"},
    {"dtype_policies", "random"},
    {"activations", "initializers", "regularizers", "constraints", "numerical_gradient"},
    {"layers", "losses", "optimizers"},
    {"metrics", "operations"},
    {"callbacks"},
    {"models"},
    {"saving", "utils"},
    {"concepts"},
]
HARNESS = [
    {"backends", "bilingual", "execution", "given", "grammar", "memory", "places", "statistics"},
    {"conventions", "declarations", "divergences"},
    {"chapters", "phrases", "scores", "table_files", "words"},
    {"datasets"},
    {"concept", "drawing", "titanic"},
    {"baselines", "catalogue", "connected_parts"},
    {"training"},
    {"proof"},
    {"runs"},
    {"report", "tabular"},
    {"check"},
    {"conformance"},
    {"diff", "bench", "race", "wrappers"},
    {"desk"},
    {"cli"},
]
# What the NumPy half imports only when it needs it, and why.
LATE = {
    ("reference_numpy/__init__.py", "importlib.metadata.version"): (
        "what is installed is looked up when it is asked for"
    ),
    ("reference_numpy/models/model.py", "reference_numpy.models.functional.Functional"): (
        "`Model(inputs, outputs)` is one, and it is a Model"
    ),
    ("reference_numpy/models/model.py", "reference_numpy.saving"): (
        "models read and write themselves, by what stands a floor above"
    ),
    ("reference_numpy/saving/keras_file.py", "reference_numpy.saving.hdf5"): (
        "h5py takes a while to be imported"
    ),
}
HOUSES = {"reference_numpy": LIBRARY, "comparisons/harness": HARNESS}
FRAMEWORKS = ("keras", "tensorflow", "jax", "torch", "sklearn", "pandas", "scipy")


def modules(package):
    return sorted((ROOT / package).rglob("*.py"))


def imported(path, part=None):
    """Full names of everything that a module, or a part of it, imports anywhere, with the line."""
    for node in ast.walk(part or ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno


def rooms(folder):
    """Files and folders of a tree, but for its `__init__.py`."""
    return {
        path.stem if path.is_file() else path.name
        for path in (ROOT / folder).iterdir()
        if path.name not in ("__init__.py", "__pycache__", "py.typed")
    }


def upward(folder, floors):
    """Imports between rooms of a tree that do not lead downstairs; those within a room may."""
    package = folder.replace("/", ".") + "."
    floor_of = {room: number for number, names in enumerate(floors) for room in names}
    for path in modules(folder):
        room = path.relative_to(ROOT / folder).with_suffix("").parts[0]
        if room == "__init__":
            continue  # it offers the whole tree
        for name, line in imported(path):
            other = name.removeprefix(package).split(".")[0]
            late = (path.relative_to(ROOT).as_posix(), name) in LATE
            upstairs = name.startswith(package) and other != room
            if upstairs and floor_of[other] >= floor_of[room] and not late:
                yield f"{path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize(("folder", "floors"), HOUSES.items(), ids=HOUSES)
def test_every_room_has_a_floor_and_imports_from_floors_below(folder, floors):
    assert rooms(folder) == set().union(*floors)
    assert not list(upward(folder, floors))


def test_numpy_half_imports_within_functions_what_is_declared():
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules("reference_numpy")
        for part in ast.walk(ast.parse(path.read_text()))
        if isinstance(part, ast.FunctionDef)
        for name, _ in imported(path, part)
    }
    assert found == LATE.keys()


def test_numpy_half_imports_numpy_alone():
    wrong = []
    for path in modules("reference_numpy"):
        in_saving = "saving" in path.parts
        for name, line in imported(path):
            package = name.split(".")[0]
            allowed = package in ("numpy", "reference_numpy") or package in sys.stdlib_module_names
            if not allowed and not (in_saving and package == "h5py"):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_numpy_half_works_without_any_framework():
    script = f"""
import importlib.abc, pkgutil, importlib, sys
class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {FRAMEWORKS}:
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Block())
import reference_numpy
for module in pkgutil.walk_packages(reference_numpy.__path__, "reference_numpy."):
    importlib.import_module(module.name)
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_keras_half_imports_nothing_of_ours():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("keras_models")
        for name, line in imported(path)
        if name.split(".")[0] in ("reference_numpy", "comparisons", "tests")
    ]
    assert not wrong, "\n".join(wrong)


def test_harness_imports_no_concept_script():
    concepts = {path.stem for path in (ROOT / "comparisons").glob("[!_]*.py")}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("comparisons/harness")
        for name, line in imported(path)
        if name.startswith("comparisons.") and name.split(".")[1] in concepts
    ]
    assert not wrong, "\n".join(wrong)


def test_the_three_trees_hold_the_same_concepts():
    def names(folder):
        return {path.stem for path in (ROOT / folder).glob("[!_]*.py")}

    assert names("comparisons") == names("keras_models") == names("reference_numpy/concepts")


def test_every_file_of_text_is_told_its_encoding():
    """Else it is the system's, which on Windows has no sign for most of what is written here."""
    rooms = ("reference_numpy", "keras_models", "comparisons", "data", "docs")
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in rooms
        for path in modules(room)
        for line in without_encoding(ast.parse(path.read_text("utf-8")))
    ]
    assert not found, "\n".join(found)
    left_out = "a.read_text()\na.write_text(b)\nopen(c)\nopen(c, 'w')"
    given = (
        "a.read_text('utf-8')\na.write_text(b, 'utf-8')\nopen(c, encoding='utf-8')\nopen(c, 'rb')"
    )
    assert [*without_encoding(ast.parse(left_out))] == [1, 2, 3, 4]
    assert not [*without_encoding(ast.parse(given))]


def without_encoding(tree):
    """The lines in which a file is read or written as text, in whatever encoding."""
    before = {"read_text": 0, "write_text": 1}  # arguments, and then the encoding
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(one.arg == "encoding" for one in node.keywords):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if isinstance(node.func, ast.Name) and name == "open":
            if not any(isinstance(a, ast.Constant) and "b" in a.value for a in node.args[1:]):
                yield node.lineno
        elif len(node.args) <= before.get(name, -1):
            yield node.lineno


def test_no_file_has_grown_too_long():
    packages = ("reference_numpy", "keras_models", "comparisons", "tests", "data")
    long = [
        f"{path.relative_to(ROOT)}: {length} lines"
        for package in packages
        for path in modules(package)
        if (length := len(path.read_text().splitlines())) > 400
    ]
    assert not long, "\n".join(long)
