"""What a concept introduces, a row each; and where it uses what another one introduces."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

import reference_numpy as rn
from comparisons.harness import catalogue
from comparisons.harness.bilingual import Words
from comparisons.harness.concept import Introduced
from comparisons.harness.report import code, equations, tables

WAYS = ("", "_backward", "_derivative", "_gradient")
CONCEPTS = "reference_numpy.concepts"
FAMILIES = ("layers", "activations", "losses", "optimizers")
# Arguments in which a string names a member of a family, `activation="relu"`.
BY_KEYWORD = {"loss": "losses", "optimizer": "optimizers"}


@dataclass(frozen=True)
class Introduction:
    """One row: equation, NumPy, Keras; its proof, and the library's fast form.

    Args:
        declared: what the concept declares of it.
        ours, theirs: the stretches of the two halves.
        proof: with what it agrees, as `tables.agreement` gives it.
        fast_form: the functions of the library that really run.
    """

    declared: Introduced
    ours: list[code.Stretch]
    theirs: list[code.Stretch]
    proof: list[dict]
    fast_form: list["Function"]

    @property
    def formulas(self) -> list[Markup]:
        """The equation, a line for each of its parts."""
        return equations.lines(self.declared.equation)


@dataclass(frozen=True)
class Function:
    """A function of the library.

    Args:
        name: as its module has it.
        path: its file.
        stretch: its text.
        first: the first row in which it stands, which is printed whole.
    """

    name: str
    path: str
    stretch: code.Stretch
    first: str


@dataclass(frozen=True)
class Elsewhere:
    """A thing that another concept introduces.

    Args:
        thing: what it is called here.
        name: the concept that introduces it.
        row: what it is called there.
        title: the concept's title.
    """

    thing: str
    name: str
    row: str
    title: Words


def rows(name: str, halves: dict[str, list[code.Stretch]], content: dict) -> list[Introduction]:
    """A row for each thing that the concept introduces.

    Args:
        halves: the stretches of the two halves, `"numpy"` and `"keras"`.
        content: what `result.json` holds.
    """
    things, first = catalogue.load(name).introduces, {}
    return [
        Introduction(
            thing,
            *(
                code.chosen(halves[half], own | _helpers(thing, things) | _proving(thing, halves))
                for half, own in (("numpy", numpy_names(thing)), ("keras", {thing.name}))
            ),
            tables.agreement(name, thing, content["checks"]),
            [
                _function(record, first.setdefault((record["module"], record["name"]), thing.name))
                for record in content.get("library", {}).get(thing.name, [])
            ],
        )
        for thing in things
    ]


def _helpers(thing: Introduced, things: tuple[Introduced, ...]) -> set[str]:
    """The helpers of the thing, but for those that have a row of their own."""
    others = {name for other in things if other != thing for name in numpy_names(other)}
    return set(thing.helpers) - others


def numpy_names(thing: Introduced) -> set[str]:
    """What the NumPy half calls the thing, and its ways back."""
    return {thing.name + way for way in WAYS}


def _proving(thing: Introduced, halves: dict[str, list[code.Stretch]]) -> set[str]:
    """The demonstration that proves the thing, where the Keras half has nothing of its name."""
    named = code.chosen(halves["keras"], {thing.name})
    return set() if named or not thing.demonstration else {thing.demonstration}


def _function(record: dict, first: str) -> Function:
    module = importlib.import_module(record["module"])
    member = module
    for part in record["name"].split("."):
        member = inspect.getattr_static(member, part)
    # Class methods, properties and cached properties hold the function that they are made of.
    for holder in ("__func__", "fget", "func"):
        member = getattr(member, holder, member)
    lines, start = inspect.getsourcelines(inspect.unwrap(member))
    text = inspect.cleandoc("\n" + "".join(lines))
    stretch = code.Stretch(record["name"], start, text, tuple(code.highlighted_lines(text)))
    path = Path(module.__file__).relative_to(Path(rn.__file__).parents[1])
    return Function(record["name"], path.as_posix(), stretch, first)


def elsewhere(name: str) -> list[Elsewhere]:
    """What the concept's NumPy half uses and another concept introduces, in order of use."""
    found = {}
    for thing in _used(_tree(name, "numpy")):
        there, row = _introduced().get(thing, ("", ""))
        if there not in ("", name):
            title = catalogue.load(there).title
            found.setdefault((there, row), Elsewhere(thing.split(".")[-1], there, row, title))
    return list(found.values())


@cache
def _introduced() -> dict[str, tuple[str, str]]:
    """The concept and its row by what others call the thing: `"layers.Dropout"`, `"dropout.mask"`.

    A class of the library is introduced where a Keras half's function of an introduced name
    returns it, for the first time in the order of books and chapters.
    """
    found = {}
    for name in catalogue.in_order(_whole()):
        things = catalogue.load(name).introduces
        rows = {thing.name for thing in things}
        for thing in things:
            for own in numpy_names(thing):
                found.setdefault(f"{name}.{own}", (name, thing.name))
        for node in _tree(name, "keras").body if rows else ():
            if isinstance(node, ast.FunctionDef) and node.name in rows:
                for part in ast.walk(node):
                    if isinstance(part, ast.Return) and part.value:
                        found.setdefault(_member(part.value), (name, node.name))
    found.pop(None, None)
    return found


def _whole() -> Iterator[str]:
    """The concepts whose scripts can be read: another's may be under work."""
    for name in catalogue.script_names():
        with suppress(ValueError):
            catalogue.load(name)
            yield name


def _member(node: ast.expr) -> str | None:
    """The member of a family that an expression makes: `keras.layers.Dense(3)`, `layers.Dense`."""
    match node:
        case ast.Call(func=ast.Attribute(attr="Activation"), args=[ast.Constant(value=name), *_]):
            return f"activations.{name}"
        case ast.Call(func=function):
            return _member(function)
        case ast.Attribute(value=ast.Name(id=family) | ast.Attribute(attr=family), attr=name):
            return f"{family}.{name}" if family in FAMILIES else None
    return None


def _used(tree: ast.Module) -> Iterator[str]:
    """The members of the library, and the functions of other concepts, that a half names."""
    nodes = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith(f"{CONCEPTS}."):
                concept = module.removeprefix(f"{CONCEPTS}.")
                yield from (f"{concept}.{alias.name}" for alias in node.names)
            case ast.Attribute(value=ast.Name(id=concept), attr=name) if concept not in FAMILIES:
                yield f"{concept}.{name}"
            case ast.Attribute():
                yield _member(node) or ""
            case ast.keyword(arg=str(argument), value=ast.Constant(value=str(name))):
                if argument.endswith("activation"):
                    yield f"activations.{name}"
                elif argument in BY_KEYWORD:
                    family = BY_KEYWORD[argument]
                    yield f"{family}.{type(getattr(rn, family).get(name)).__name__}"


@cache
def _tree(name: str, half: str) -> ast.Module:
    return ast.parse(catalogue.sources(name)[half].read_text("utf-8"))
