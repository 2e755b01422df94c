"""What the NumPy half is composed of: the layers, losses and optimizers that its file names.

A large model is composed from layers, so that the file alone does not show the arithmetic; the
page shows the classes, forward and backward, below it.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from markupsafe import Markup

from comparisons.harness.report import code

LIBRARY = "reference_numpy"
# The families whose members a string names, `activation="relu"`.
BY_KEYWORD = {"activation": "activations", "loss": "losses", "optimizer": "optimizers"}
FAMILIES = ("layers", "activations", "losses", "optimizers")
# Modules of what all members of a family have in common: configs, weights, checks of arguments.
COMMON = ("activation_function", "layer", "loss", "optimizer", "state", "serialization")


@dataclass(frozen=True)
class Definition:
    """A class or function of the library: its name, its file and its text."""

    name: str
    path: str
    start: int
    html: Markup


def parts(source: str) -> dict[str, list[Definition]]:
    """The members of the library that a file names, each with what it inherits from.

    Found are `rn.layers.Dense` and its like, where `rn` is the library under any name, the strings
    of `activation="relu"`, `loss=…` and `optimizer=…`, and the whole family where a member is
    taken by a name that only the run knows, `activations.get(name)`.
    """
    tree = ast.parse(source)
    imported = dict(_imports(tree))
    nodes = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    found = {}
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        for member in _named(node, imported):
            definitions = [_definition(ancestor) for ancestor in _lineage(member)]
            if definitions:
                found.setdefault(definitions[0].name, definitions)
    return found


def _imports(tree: ast.Module) -> Iterator[tuple[str, ModuleType]]:
    """The library and its families, under the names by which the file knows them."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == LIBRARY:
                    yield alias.asname or alias.name, importlib.import_module(LIBRARY)
        elif isinstance(node, ast.ImportFrom) and node.module == LIBRARY:
            for alias in node.names:
                if alias.name in FAMILIES:
                    yield alias.asname or alias.name, _family(alias.name)


def _named(node: ast.AST, imported: dict[str, ModuleType]) -> list[object]:
    """The members of the library that one node of the file names."""
    match node:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=alias), attr=family), attr=name):
            if alias in imported and family in FAMILIES:
                return [getattr(_family(family), name)]
        case ast.keyword(arg=argument, value=ast.Constant(value=str(name))):
            if imported and argument in BY_KEYWORD:
                return [_family(BY_KEYWORD[argument]).get(name)]
        case ast.Call(func=ast.Attribute(value=ast.Name(id=alias), attr="get"), args=[ast.Name()]):
            if alias in imported:
                return [member for member in vars(imported[alias]).values() if _is_own(member)]
    return []


def _family(name: str) -> ModuleType:
    return importlib.import_module(f"{LIBRARY}.{name}")


def _lineage(member: object) -> list[type]:
    """A member's class and those that it inherits from, without what its family has in common."""
    ancestors = (member if inspect.isclass(member) else type(member)).__mro__
    return [ancestor for ancestor in ancestors if _is_own(ancestor)]


def _is_own(member: object) -> bool:
    if not inspect.isclass(member):
        return False
    package, _, module = member.__module__.rpartition(".")
    return package.startswith(LIBRARY) and module not in COMMON


@cache
def _definition(member: type) -> Definition:
    lines, start = inspect.getsourcelines(member)
    root = Path(importlib.import_module(LIBRARY).__file__).parents[1]
    path = Path(inspect.getsourcefile(member)).relative_to(root)
    html = Markup("").join(code.highlighted_lines("".join(lines)))
    return Definition(member.__name__, path.as_posix(), start, html)
