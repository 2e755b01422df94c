"""Whether a concept's two halves and the library have what its script names.

The halves are read and not imported; the parent of a run imports no framework.
"""

import ast
import difflib
from operator import attrgetter
from pathlib import Path

import reference_numpy
from comparisons.harness import catalogue
from comparisons.harness.concept import Concept


def look_over(name: str, concept: Concept) -> None:
    """Raises ValueError, with file and field, for the first name that a half does not define.

    So too for one that the library does not have, and for an argument that a builder does not take.
    """
    files = catalogue.sources(name)
    for english, _, *known_as in concept.terms:
        for own in known_as:
            if not _has(reference_numpy, own):
                raise ValueError(
                    f"{files['script']}: Concept.terms: '{english}' is named '{own}', which is not "
                    f"in the library{_hint(own)}"
                )
    defined = {half: top_level_names(files[half]) for half in ("numpy", "keras")}
    for field, function, which in names(concept):
        for half in which:
            if function not in defined[half]:
                raise ValueError(
                    f"{files[half]}: defines no '{function}', which {field} in "
                    f"{files['script']} names"
                )
    demonstrations = {demonstration.function for demonstration in concept.demonstrations}
    for thing in concept.introduces:
        if thing.demonstration and thing.demonstration not in demonstrations:
            raise ValueError(
                f"{files['script']}: Introduced '{thing.name}' names the demonstration "
                f"'{thing.demonstration}', which is not declared"
            )
    for half in ("numpy", "keras") if concept.task else ():
        found = arguments(files[half], concept.task.build)
        for variant, given in concept.task.variants.items() if found else ():
            taken, needed = found
            faults = [("takes no", name, "give") for name in given if name not in taken]
            faults += [("needs", name, "do not give") for name in needed if name not in given]
            for fault, name, given_or_not in faults:
                raise ValueError(
                    f"{files[half]}: {concept.task.build} {fault} '{name}', which Task.variants or "
                    f"a preset's build in {files['script']} {given_or_not} '{variant}'"
                )


def names(concept: Concept):
    """Each name that the script gives: the field, the name, and the halves that must have it."""
    both = ("numpy", "keras")
    for thing in concept.introduces:
        # What a demonstration proves need not be a function in Keras.
        yield "Introduced.name", thing.name, both if thing.arguments else ("numpy",)
        for helper in thing.helpers:
            yield "Introduced.helpers", helper, ("numpy",)
    for demonstration in concept.demonstrations:
        yield "Demonstration.function", demonstration.function, both
    if concept.task:
        for field in ("build", "train", "predict", "keep"):
            if function := getattr(concept.task, field):
                yield f"Task.{field}", function, both


def _has(module: object, dotted: str) -> bool:
    try:
        attrgetter(dotted)(module)
    except AttributeError:
        return False
    return True


def _hint(dotted: str) -> str:
    """What may have been meant by a dotted name that the library does not have."""
    room, _, name = dotted.rpartition(".")
    known = dir(attrgetter(room)(reference_numpy)) if _has(reference_numpy, room) else []
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{room}.{close[0]}'?" if close else ""


def top_level_names(path: Path) -> set[str]:
    """What a module defines or imports. Raises ValueError where it is no Python, or not there."""
    found = set()
    for node in _statements(path):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {
                n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)
            }
    return found


def arguments(path: Path, function: str) -> tuple[list[str], list[str]] | None:
    """The arguments that a module's function takes by name, and those of them that it needs.

    None where that is not to be seen.
    """
    for node in _statements(path):
        if isinstance(node, ast.FunctionDef) and node.name == function and not node.args.kwarg:
            own, named = node.args.args, node.args.kwonlyargs
            needed = own[: len(own) - len(node.args.defaults)]
            needed += [one for one, default in zip(named, node.args.kw_defaults) if not default]
            return [one.arg for one in own + named], [one.arg for one in needed]
    return None


def _statements(path: Path) -> list[ast.stmt]:
    try:
        return ast.parse(path.read_bytes(), str(path)).body
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except SyntaxError as error:
        raise ValueError(f"{path}, line {error.lineno}: {error.msg}") from None
