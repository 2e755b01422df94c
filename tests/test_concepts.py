"""What is new is written out, what is known is imported: read off the syntax trees."""

import ast
import builtins
from functools import cache

import pytest

from comparisons.harness import catalogue

NAMES = catalogue.script_names()
WAYS = ("", "_backward", "_derivative", "_gradient")
TRAINS = {"fit", "partial_fit", "fit_transform", "fit_predict", "train_on_batch"}


class Half:
    """The NumPy half of a concept, as text."""

    def __init__(self, source):
        self.imports, self.definitions = {}, {}
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.imports[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.definitions[node.name] = node
            elif isinstance(node, ast.Assign):
                for target in ast.walk(node):
                    if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                        self.definitions[target.id] = node

    def reached(self, names):
        """The definitions that these names lead to, and the imports that those use."""
        pending, found, imported = list(names), {}, set()
        while pending:
            name = pending.pop()
            if name in found:
                continue
            found[name] = self.definitions[name]
            local = bound(found[name])
            for node in ast.walk(found[name]):
                if isinstance(node, ast.Name) and node.id not in local:
                    if node.id in self.definitions:
                        pending.append(node.id)
                    elif node.id in self.imports:
                        imported.add(self.imports[node.id])
        return found, imported


def bound(definition):
    """The names that a definition binds within: arguments, variables, what it defines."""
    nodes = [node for node in ast.walk(definition) if node is not definition]
    found = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    found |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    return found | {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))}


@cache
def half(name):
    return Half(catalogue.sources(name)["numpy"].read_text())


@cache
def introduced(name):
    """The definitions that make up what a concept introduces: its names, with their gradients."""
    declared = catalogue.load(name).introduces
    wanted = [f"{thing.name}{way}" for thing in declared for way in WAYS]
    helpers = [helper for thing in declared for helper in thing.helpers]
    return [n for n in wanted if n in half(name).definitions] + helpers


def foreign(half, names, introduced_elsewhere):
    """What the code behind these names uses besides numpy and what other concepts introduce."""
    _, imported = half.reached(names)
    return sorted(
        full
        for full in imported
        if full != "numpy" and full.removeprefix("reference_numpy.") not in introduced_elsewhere
    )


def written(half, names):
    """Where the code behind these names writes to its arguments or, outside __init__, to self."""
    found = []
    definitions, _ = half.reached(names)
    for definition in definitions.values():
        for function in ast.walk(definition):
            if not isinstance(function, ast.FunctionDef) or function.name == "__init__":
                continue
            parameters = {argument.arg for argument in ast.walk(function.args)
                          if isinstance(argument, ast.arg)}  # fmt: skip
            rebound = set()
            for node in ast.walk(function):
                targets = []
                if isinstance(node, ast.AugAssign):
                    targets = [node.target]
                elif isinstance(node, ast.Assign):
                    targets = [t for t in ast.walk(node) if isinstance(
                        getattr(t, "ctx", None), ast.Store)]  # fmt: skip
                for target in targets:
                    root, plain = target, isinstance(target, ast.Name)
                    while isinstance(root, (ast.Subscript, ast.Attribute)):
                        root = root.value
                    if not isinstance(root, ast.Name):
                        continue
                    if plain and isinstance(node, ast.Assign):
                        rebound.add(root.id)
                    elif root.id in parameters - rebound:
                        found.append(f"{function.name}, line {target.lineno}: {ast.unparse(node)}")
    return found


ELSEWHERE = {f"concepts.{name}.{definition}" for name in NAMES for definition in introduced(name)}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_introduced_is_written_with_numpy_alone(name):
    missing = [
        thing.name
        for thing in catalogue.load(name).introduces
        if thing.name not in half(name).definitions
    ]
    assert not missing, f"{name} does not define what it introduces: {missing}"
    assert not foreign(half(name), introduced(name), ELSEWHERE)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_introduced_writes_to_nothing_that_it_was_given(name):
    assert not written(half(name), introduced(name))


def test_each_thing_is_introduced_by_one_concept():
    by = {}
    for name in NAMES:
        for thing in catalogue.load(name).introduces:
            by.setdefault(thing.name, []).append(name)
    assert not {thing: names for thing, names in by.items() if len(names) > 1}


def test_nothing_is_written_again_that_another_concept_introduces():
    by = {thing.name: name for name in NAMES for thing in catalogue.load(name).introduces}
    again = [
        f"{name} defines {definition}, which {by[definition]} introduces"
        for name in NAMES
        for definition in half(name).definitions
        if by.get(definition, name) != name
    ]
    assert not again


@pytest.mark.parametrize("name", NAMES)
def test_a_concept_introduces_something_or_is_a_task(name):
    declared = catalogue.load(name)
    assert declared.introduces or declared.task
    for thing in declared.introduces:
        shown = {d.function for d in declared.demonstrations}
        proven = (thing.arguments is not None) + (thing.demonstration in shown)
        assert proven == 1, f"{thing.name}: either `arguments` or a demonstration proves it"


@pytest.mark.parametrize("name", NAMES)
def test_the_three_files_are_short(name):
    for path in catalogue.sources(name).values():
        length = len(path.read_text().splitlines())
        assert length <= 400, f"{path.name}: {length} lines"


SOURCE = """
import numpy as np
import reference_numpy as rn
from reference_numpy.concepts.activations import relu
SCALE = 2.0
def good(x):
    y = x * SCALE
    y += 1
    return relu(y)
def composed(x):
    return helper(x)
def helper(x):
    return rn.layers.Dense(3)(x)
def careless(x, w):
    w -= 0.1
    x[0] = 1
    return x
class Net:
    def __init__(self, w):
        self.w = w
    def forward(self, x):
        self.x = x
        return x @ self.w
"""


def test_the_rules_can_be_broken():
    half = Half(SOURCE)
    assert not foreign(half, ["good"], {"concepts.activations.relu"})
    assert foreign(half, ["composed"], set()) == ["reference_numpy"]
    assert foreign(half, ["good"], set()) == ["reference_numpy.concepts.activations.relu"]
    assert not written(half, ["good"])
    assert len(written(half, ["careless"])) == 2
    assert len(written(half, ["Net"])) == 1


def test_every_name_is_a_builtin_or_known():
    """A guard of the guard: a name that is neither would slip through `reached`."""
    for name in NAMES:
        definitions, _ = half(name).reached(introduced(name))
        for definition in definitions.values():
            local = bound(definition)
            for node in ast.walk(definition):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    known = node.id in local or hasattr(builtins, node.id)
                    known |= node.id in half(name).imports or node.id in half(name).definitions
                    assert known, f"{name}: {node.id}"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_trains_nothing(name):
    """What is drawn was computed by a job, whose result is kept; a report only draws it."""
    script = Half(catalogue.sources(name)["script"].read_text())
    assert not trained(script, [catalogue.load(name).figures.__name__])


def trained(half, names):
    """Where the code behind these names trains a model."""
    definitions, _ = half.reached(n for n in names if n in half.definitions)
    nodes = (node for d in definitions.values() for node in ast.walk(d))
    attributes = (node for node in nodes if isinstance(node, ast.Attribute))
    return [f"line {a.lineno}: {ast.unparse(a)}" for a in attributes if a.attr in TRAINS]
