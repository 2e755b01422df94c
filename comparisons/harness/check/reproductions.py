"""The smallest call of a layer that still shows a finding, and the script of it.

Every candidate's lines are run by the backend itself, and what they give is judged as a check
judges; the last one is run once more as a whole, in a process of its own.
"""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

import reference_numpy as rn
from comparisons.harness.check import unshown
from comparisons.harness.check.answers import computing_in
from comparisons.harness.check.columns import Columns
from comparisons.harness.check.findings import Judged, finding_of, judge
from comparisons.harness.check.questions import LOCAL, Asked, Place, Question
from comparisons.harness.check.script import (
    LINES,
    Case,
    Numbers,
    OperationCase,
    Sketch,
    Slot,
    drawn_weights,
    function_of,
    script,
    telling,
)
from comparisons.harness.check.unshown import NotShown
from comparisons.harness.proof import checks
from comparisons.harness.proof.calls import CallReference, layer_at, members
from comparisons.harness.proof.precision import (
    computed_in,
    held_in,
    reference_precision,
    twin_precision,
)
from reference_numpy import tree
from reference_numpy.models.model import Model
from reference_numpy.operations import Operation

SECONDS = 30.0  # of the search for a smaller call
SCRIPT_SECONDS = 300.0  # of running all scripts of a backend
RUNNER = """
import os, runpy, sys, traceback
for path in sys.argv[1:]:
    try:
        runpy.run_path(path)
        print(os.path.basename(path), flush=True)
    except Exception:
        traceback.print_exc()
"""


def run_lines(worker, dtype: str, lines: str, progress) -> object:
    """What the lines of a script leave in `found`, or one line that says why they cannot."""
    names: dict = {}
    with computing_in(worker.backend, dtype), worker.backend.on_device(worker.device):
        try:
            exec(compile(lines, "script", "exec"), names)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return np.asarray(names["found"])


def run_on(columns: Columns, backend: str, dtype: str, lines: str) -> object:
    """The same in a backend's process."""
    return dict(columns.ask(run_lines, dtype, lines, of=backend)).get(backend, "it died")


def reproduce(judged: Judged, backend: str, dtype: str, run: Callable[[str], object]) -> str:
    """A script that shows a difference in a call of a layer.

    Args:
        run: function of the lines of a script that gives what `run_lines` does.

    Raises:
        NotShown: no short one does.
    """
    shown = Search(judged, backend, dtype, run).smallest()
    text = script(shown.case, versions(backend), shown.index, shown.right, shown.tolerance)
    if text is None:
        raise NotShown(unshown.TOO_LONG)
    return text


def shown(
    sketches: Iterable[Sketch], run: Callable, enough: float = 1.0, otherwise=unshown.NO_PART
) -> str:
    """The script of the first sketch that shows a difference.

    Args:
        run: see `reproduce`.
        enough: how many times its tolerance the difference is to be.
        otherwise: why there is no script where none does.

    Raises:
        NotShown: no short one does.
    """
    for sketch in sketches:
        computing, exact = sketch.computing(), np.asarray(sketch.right)
        if computing.count("\n") >= LINES:
            continue
        found = run(computing)
        if isinstance(found, str) or found.shape != exact.shape or not np.isfinite(exact).all():
            continue
        if checks.compare("", "", "", "", exact, found, sketch.tolerance).needed <= enough:
            continue
        index = _worst_entry(found, exact)
        told = versions(sketch.backend), index, exact[index].item(), sketch.tolerance
        if text := script(sketch, *told):
            return text
    raise NotShown(otherwise)


def _worst_entry(found: np.ndarray, exact: np.ndarray) -> tuple[int, ...]:
    """Where the two are the furthest apart; what is no number is further than any."""
    apart = np.abs(np.asarray(found, "float64") - exact)
    index = np.unravel_index(np.where(np.isnan(apart), np.inf, apart).argmax(), apart.shape)
    return tuple(map(int, index))


def versions(backend: str) -> dict[str, str]:
    """Of Keras and the backend."""
    return {name: version(name) for name in ("keras", backend)}


def confirmed(texts: list[str]) -> list[str | None]:
    """Each of one backend's scripts with what it printed; None for one whose assertion fails.

    They run one after another in a fresh process, as a person runs them.
    """
    with tempfile.TemporaryDirectory(prefix="sidebyside-") as folder:
        paths = [Path(folder) / f"{number}.py" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, "utf-8")
        command = [sys.executable, "-c", RUNNER, *map(str, paths)]
        own = {**os.environ, "TMPDIR": folder}  # some write a model's file
        try:
            done = subprocess.run(command, capture_output=True, timeout=SCRIPT_SECONDS, env=own)
        except subprocess.TimeoutExpired as error:
            done = error
        lines = (done.stdout or b"").decode("utf-8", "replace").splitlines()
    printed = {after: line for line, after in itertools.pairwise(lines)}
    return [
        _saying(text, printed[path.name]) if path.name in printed else None
        for text, path in zip(texts, paths, strict=True)
    ]


def _saying(text: str, printed: str) -> str:
    """The script with what it prints before the assertion in its last line."""
    *before, assertion = text.splitlines()
    return "\n".join([*before, f"# prints {printed}", assertion, ""])


def enough_of(needed: float) -> float:
    """How far a smaller case is to miss its tolerance, to show the same and not the last bit."""
    return min(needed, 1e16) ** 0.5


@dataclass(frozen=True)
class Shown:
    """A case that shows the difference.

    Args:
        case: the case.
        index: the worst entry.
        right: what the oracle says of it.
        tolerance: how far from it rounding may lead.
        needed: the difference in units of it.
    """

    case: Case
    index: tuple[int, ...]
    right: float
    tolerance: float
    needed: float


class Search:
    """The search for the smallest case; see `reproduce`."""

    def __init__(self, judged: Judged, backend: str, dtype: str, run: Callable[[str], object]):
        self.backend, self.dtype, self.run = backend, dtype, run
        self.computed = computed_in(dtype)
        self.asked, self.name = judged.asked, judged.name
        self.known = finding_of(judged, backend, dtype, "").known
        self.enough = enough_of(judged.record.needed)

    def smallest(self) -> Shown:
        """The smallest case found in the time there is.

        Raises:
            NotShown: not even the first shows it.
        """
        shown = self._show(self._first())
        if shown is None:
            raise NotShown(unshown.NOT_ALONE)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            smaller = next(filter(None, map(self._show, self._smaller(shown.case))), None)
            if smaller is None:
                break
            shown = smaller
        return shown

    def _first(self) -> Case:
        """The call as it was asked; NotShown for one that no script can repeat."""
        call = self.asked.reference
        options = {name: value for name, value in call.options.items() if value is not None}
        first, *others = call.inputs
        if any(value is not False for name, value in options.items() if name != "training"):
            raise NotShown(unshown.NO_CALL)
        if len(call.cotangents) != 1 or isinstance(first, dict) or self.name.startswith("state"):
            raise NotShown(unshown.NO_CALL)
        arrays = [self._given(np.asarray(x)) for x in (*tree.flatten(first), *others)]
        gradient, layer, kind = self.name.startswith("gradient"), call.layer, Case
        name = type(layer).__name__
        if isinstance(layer, Model):
            if len(layer.graph.calls) > 1:
                raise NotShown(unshown.MANY)
            kind, layer = _operation_in(layer)
            name = function_of(type(layer))
        return kind(
            self.backend,
            self.dtype,
            name,
            telling(type(layer), layer.get_config()),
            tuple(arrays),
            isinstance(first, (list, tuple)),
            call.argument_names,
            tuple(map(self._given, call.start)),
            self._given(call.cotangents[0]) if gradient else None,
            bool(options.get("training")),
            self.name,
        )

    def _given(self, array: np.ndarray) -> Numbers:
        """The numbers as Keras is given them."""
        return Numbers(array.astype(self.computed) if array.dtype.kind == "f" else array)

    def _smaller(self, case: Case) -> Iterator[Case]:
        """Cases that are simpler in one thing, what saves most first."""
        if case.training:
            yield replace(case, training=False)
        if case.weights:
            yield replace(case, weights=None)
        for name in case.arguments:
            yield replace(case, arguments={k: v for k, v in case.arguments.items() if k != name})
        if case.cotangent is not None:
            yield replace(case, cotangent=None)
            if case.cotangent.seed is None:
                shape = case.cotangent.array.shape
                yield replace(case, cotangent=Numbers.drawn(shape, 2, self.computed))
        for place, numbers in enumerate(case.inputs):
            if numbers.seed is None and numbers.array.dtype.kind == "f":
                drawn = Numbers.drawn(numbers.array.shape, 0, self.computed)
                yield _with_input(case, place, drawn)
                rounded = np.round(numbers.array, 1)
                if not np.array_equal(rounded, numbers.array):
                    yield _with_input(case, place, Numbers(rounded))
        yield from self._shorter(case)
        for name, value in case.arguments.items():
            for less in _less(value):
                yield replace(case, arguments={**case.arguments, name: less})

    def _shorter(self, case: Case) -> Iterator[Case]:
        """Cases whose inputs are shorter along an axis: all of them, or one."""
        sizes = [x.array.shape for x in case.inputs]
        together = [range(len(sizes))] if len(set(sizes)) == 1 else []
        alone = [[place] for place in range(len(sizes))]
        for places in itertools.chain(together, alone if len(sizes) > 1 else []):
            shape = sizes[places[0]]
            for axis, size in enumerate(shape):
                for less in _fewer(size):
                    inputs = list(case.inputs)
                    for place in places:
                        inputs[place] = inputs[place].resized(
                            (*shape[:axis], less, *shape[axis + 1 :])
                        )
                    yield replace(case, inputs=tuple(inputs))

    def _show(self, case: Case) -> Shown | None:
        """The case where the backend is wrong in it, in the same way and by enough."""
        with np.errstate(all="ignore"):
            try:
                case, asked = self._ask(case)
            except (ValueError, TypeError, IndexError, KeyError):
                return None  # no such layer, or not on such inputs
        found = self.run(case.computing())
        if isinstance(found, str):
            return None
        (judged,) = judge(asked, {case.quantity: found}, self.backend, self.dtype)
        record, exact = judged.record, asked.quantities[case.quantity]
        if record.passed or record.needed < self.enough or found.shape != exact.shape:
            return None
        if not record.tolerance:  # where all is zero, rounding is not told from an error
            return None
        finding = finding_of(judged, self.backend, self.dtype, "")
        if finding.convention or finding.known != self.known:
            return None
        index = _worst_entry(found, exact)
        return Shown(case, index, exact[index].item(), record.tolerance, record.needed)

    def _ask(self, case: Case) -> tuple[Case, Asked]:
        """What the oracle says of a case, whose cotangent is made to fit the output."""
        inputs = [x.array for x in case.inputs]
        count = len(inputs) - len(case.names)
        given = [inputs[:count] if case.listed else inputs[0], *inputs[count:]]
        options = {"training": True} if case.training else {}
        models = [self._alone(case, given, d) for d in ("float64", twin_precision(self.dtype))]
        path = (len(members(models[0])) - 1,)
        layer = layer_at(models[0], path)
        exact = tree.map_structure(
            lambda x: x.astype("float64") if x.dtype.kind == "f" else x, given
        )
        reference = CallReference(layer, exact, options, case.names)
        (cotangent,) = reference.cotangents
        if case.quantity.startswith("gradient"):
            if case.cotangent is not None:
                case = replace(case, cotangent=case.cotangent.resized(cotangent.shape))
                reference.cotangents = [case.cotangent.array.astype("float64")]
            else:
                reference.cotangents = [np.ones_like(cotangent)]
        else:
            reference.cotangents = [None]
        quantities = reference.quantities()
        scale = checks.scales(reference.quantities, quantities, dtype=twin_precision(self.dtype))
        question = Question(path, given, case.names, options, reference.cotangents, [], [])
        name = case.quantity
        asked = Asked(
            LOCAL,
            question,
            reference,
            models[1],
            Place(case.class_name, case.class_name, path),
            {},
            {name: quantities[name]},
            {name: scale[name]},
        )
        return case, asked

    def _alone(self, case: Case, given: list, dtype: str) -> Model:
        """A model of the NumPy half that holds the layer alone, with the script's weights."""
        if isinstance(case, OperationCase):
            with reference_precision(dtype):
                kind = computed_in(dtype)
                arrays = [x.astype(kind) if x.dtype.kind == "f" else x for x in given[0]]
                return case.alone(arrays)
        made = {"class_name": case.class_name, "config": {**case.arguments, "dtype": dtype}}
        with reference_precision(dtype):
            layer = rn.layers.deserialize(made)
            first, *others = given
            layer(first, **dict(zip(case.names, others)))
        shapes = [w.shape for w in layer.get_weights()]
        weights = drawn_weights(shapes) if case.weights is None else [w.array for w in case.weights]
        # Rounded as Keras has them.
        rounded = [w.astype(held_in(self.dtype)) for w in weights]
        layer.set_weights([w.astype(held_in(dtype)) for w in rounded])
        return rn.Sequential([layer])


def _operation_in(model: Model) -> tuple[Callable[..., OperationCase], Operation]:
    """How the case of the operation that a model is and nothing else is made, and the operation."""
    (call,) = model.graph.calls
    slots = {place: Slot(number) for number, place in enumerate(model.graph.inputs)}
    args, options = call.arguments({place: slots[place] for place in call.inputs})
    kind = partial(OperationCase, kind=type(call.layer), args=args, options=options)
    return kind, call.layer


def _with_input(case: Case, place: int, numbers: Numbers) -> Case:
    inputs = (*case.inputs[:place], numbers, *case.inputs[place + 1 :])
    return replace(case, inputs=inputs)


def _fewer(size: int) -> list[int]:
    """Smaller sizes, the smallest first."""
    return sorted({1, size // 2, size - 1} - {0, size}) if size > 1 else []


def _less(value) -> Iterator:
    """An argument with smaller numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield from _fewer(value)
    elif isinstance(value, (list, tuple)) and all(type(item) is int for item in value):
        for place, item in enumerate(value):
            for less in _fewer(item):
                yield [*value[:place], less, *value[place + 1 :]]
