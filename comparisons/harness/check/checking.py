"""Check a model: the oracle's answers, each backend's, and what is between them."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from comparisons.harness.check import inputs, own_parts
from comparisons.harness.check.answers import answer
from comparisons.harness.check.columns import Columns
from comparisons.harness.check.findings import Finding, Judged, findings, is_beyond, judge
from comparisons.harness.check.metrics import Metrics, measure
from comparisons.harness.check.own_parts import NO_PARTS, OwnParts
from comparisons.harness.check.questions import LOCAL, Asked, Question, ask
from comparisons.harness.check.report import Report, Row, Rows
from comparisons.harness.check.reproductions import confirmed, reproduce, run_on, shown
from comparisons.harness.check.shrinking import enough_of
from comparisons.harness.check.subject import Subject
from comparisons.harness.check.training import Training, take, without_steps
from comparisons.harness.check.unshown import NO_BATCH, NOT_AGAIN, OWN, WHOLE, NotShown
from comparisons.harness.proof.calls import parts_of
from comparisons.harness.runs import estimates
from comparisons.harness.runs.environment import machine
from reference_numpy import tree
from reference_numpy.models.model import Model
from reference_numpy.serialization import is_own

DTYPES = ("float32", "float64", "float16", "mixed_float16")
DEVICES = "auto", "cpu", "gpu"
STEPS, MOST_STEPS = 5, 50
# Why the training steps of a policy are not compared.
NO_STEPS = {
    "float16": "not compared in float16: a step may be smaller than the rounding of the weights",
    "mixed_float16": "not compared in mixed_float16: its loss scale says which steps are skipped",
}
# The first guess of the time that a layer takes in one pass, in seconds.
ORACLE_SECONDS, KERAS_SECONDS = 0.02, 0.1
SEARCH_SECONDS = 5.0  # for a reproduction
BYTES = 2**26  # of the questions that stand at once


@dataclass(frozen=True)
class Pass:
    """One way of computing the model: what it is fed, and in which mode."""

    mode: str
    inputs: object
    training: bool


def check(
    model,
    custom: str | Path | None = None,
    config: str | Path | None = None,
    input: str | Path | None = None,
    backends: Sequence[str] | None = None,
    dtype: str = "float32",
    batch: int | None = None,
    seed: int = 0,
    gradients: bool = True,
    steps: int = STEPS,
    device: str = "auto",
    reproduce: bool = False,
    tell: Callable[[estimates.Status], None] = lambda status: None,
) -> Report:
    """Compare a model on every backend with the NumPy half, layer by layer.

    Args:
        model: a `.keras` file, weights alone (`.weights.h5`), or a live Keras model.
        custom: a Python file with the classes and functions of one's own that the model needs, as
            Keras has them and, where they are to be judged, in NumPy; it is run.
        config: of weights alone their model's, a `.json` or a `.keras` file.
        input: `.npz`, `.npy` or `.csv` with inputs; None draws some that fit.
        backends: those to check; None for all that are installed.
        dtype: precision or policy in which Keras computes, one of `DTYPES`; in float16 outputs,
            gradients and states are judged, and training steps are not.
        batch: number of samples, of `input` the first ones; None for 4, or as many as the model's
            shapes say.
        seed: of the inputs drawn.
        gradients: whether gradients are compared too.
        steps: of training, which are compared after 1, 2, 5, 10, 20 and 50 of them; 0 for none.
        device: where Keras computes: "cpu", "gpu", or "auto" for a GPU where a backend sees one.
        reproduce: whether each finding of a layer gets a script that shows it.
        tell: called with where the check stands.

    Raises:
        ValueError: a model or input that cannot be used, an unknown or missing backend; one line.
        OSError: a file that is not there.
    """
    if device not in DEVICES:
        raise ValueError(f"device: expected one of {', '.join(DEVICES)}, got {device!r}")
    own = own_parts.load(Path(custom), backends) if custom else NO_PARTS
    with own_parts.told_of(own), tempfile.TemporaryDirectory(prefix="sidebyside-") as folder:
        planned = Check(
            model,
            Path(folder),
            own=own,
            config=config,
            input=input,
            dtype=dtype,
            batch=batch,
            seed=seed,
            gradients=gradients,
            steps=steps,
        )
        with Columns(backends, Path(folder), device) as columns:
            report = planned.run(columns, tell)
            if reproduce:
                planned.reproduce(columns, tell)
            return report


def _reproduce(finding: Finding, judged: Judged, backend: str, dtype: str, run) -> str:
    """The script of a finding of a layer or the whole model; NotShown where there is none."""
    if finding.kind != LOCAL:
        raise NotShown(WHOLE)
    if is_own(type(judged.asked.reference.layer)):
        raise NotShown(OWN)
    return reproduce(judged, backend, dtype, run)


def _file_of(model, folder: Path) -> Path:
    """The model's file; a live model is written to one."""
    if not hasattr(model, "save"):
        return Path(model)
    path = folder / "model.keras"
    model.save(path)
    return path


def at_once(asked: Iterable[Asked], most: int) -> Iterator[list[Asked]]:
    """The questions in lists of so many bytes, since those of a large model would fill the memory.

    A list ends with the question with which its arrays, those asked and the oracle's, reach `most`.
    """
    some, size = [], 0
    for one in asked:
        some.append(one)
        arrays = tree.flatten([one.question.inputs, one.question.cotangents, one.quantities])
        size += sum(array.nbytes for array in arrays if array is not None)
        if size >= most:
            yield some
            some, size = [], 0
    if some:
        yield some


def _passes(oracle: Model, given, batch: int | None, seed: int, dtype: str) -> Iterator[Pass]:
    batch = inputs.batch_of(oracle, batch)
    if given is not None:
        x = inputs.read(Path(given), oracle, batch, dtype)
        yield Pass("inference", x, False)
        yield Pass("training", x, True)
        return
    ordinary = inputs.draw(oracle, batch, seed, inputs.ORDINARY, dtype)
    yield Pass("inference", ordinary, False)
    yield Pass("training", ordinary, True)
    for kind in inputs.KINDS[1:]:
        x = inputs.draw(oracle, batch, seed, kind, dtype)
        if not _are_equal(x, ordinary):  # tokens are neither large nor tiny
            yield Pass(f"inference on {kind} inputs", x, False)


def _are_equal(x, y) -> bool:
    """Whether two inputs of a model hold the same."""
    return all(map(np.array_equal, tree.flatten(x), tree.flatten(y)))


class Check:
    """A check that has been looked over: the model is one, and its inputs fit it.

    Args:
        folder: where files are kept meanwhile.
        own: classes and functions of somebody's own that the model needs.

    The others, and what is raised, are those of `check`.
    """

    def __init__(
        self,
        model,
        folder: Path,
        *,
        own: OwnParts = NO_PARTS,
        config: str | Path | None = None,
        input: str | Path | None = None,
        dtype: str = "float32",
        batch: int | None = None,
        seed: int = 0,
        gradients: bool = True,
        steps: int = 0,
    ):
        if dtype not in DTYPES:
            raise ValueError(f"dtype: expected one of {', '.join(DTYPES)}, got {dtype!r}")
        if batch is not None and batch < 1:
            raise ValueError(f"batch: expected a whole number from 1, got {batch}")
        if not 0 <= steps <= MOST_STEPS:
            raise ValueError(f"steps: expected a whole number from 0 to {MOST_STEPS}, got {steps}")
        if dtype == "float64" and own_parts.BY_DIFFERENCES in own.told.values():
            name = next(n for n, how in own.told.items() if how == own_parts.BY_DIFFERENCES)
            raise ValueError(
                f"{own.path}: '{name}' has no backward, and differences are not exact enough for "
                "float64; give it one, or check in float32"
            )
        config = None if config is None else Path(config)
        self.subject = Subject(_file_of(model, folder), folder, own, config)
        self.oracle, self.twin = self.subject.oracle(dtype), self.subject.twin(dtype)
        self.passes = list(_passes(self.oracle, input, batch, seed, dtype))
        self.dtype, self.gradients, self.seed = dtype, gradients, seed
        self.steps = steps if gradients and dtype not in NO_STEPS else 0
        self.rows = Rows(self.oracle)
        self.metrics: list[Row] = []
        # The backends on which a call of the model differs as a step of training makes it, and
        # whether it does so by convention alone.
        self.differing: dict[str, bool] = {}
        # Why a backend's process ended, by the backend and the place of the call that ended it.
        self.ended: dict[tuple[str, tuple[int, ...]], str] = {}
        # Each finding with what makes a script of it, a function of what `reproduce` calls `run`.
        self.findings: dict[tuple, tuple[Finding, Callable]] = {}
        classes = {type(part).__name__ for part in parts_of(self.oracle)}
        self.how = {
            "config": None if config is None else str(config),
            "dtype": dtype,
            "input": None if input is None else str(input),
            "batch": len(tree.flatten(self.passes[0].inputs)[0]),
            "seed": seed,
            "gradients": gradients,
            "training": NO_STEPS[dtype] if steps > self.steps and gradients else "not asked for",
            "own": {name: how for name, how in own.told.items() if name in classes},
        }

    def run(self, columns: Columns, tell=lambda status: None) -> Report:
        """Do all passes, and tell where they stand."""
        layers = len(self.rows)
        seconds = {"NumPy": ORACLE_SECONDS * layers, "Keras": KERAS_SECONDS * layers}
        expected = {each.mode: sum(seconds.values()) for each in self.passes}
        if self.steps:
            expected |= {("steps", who): 2 * self.steps * seconds[who] for who in seconds}
        if measured := any(self.subject.metrics(self.dtype).values()):
            expected["metrics"] = sum(seconds.values())
        clock = estimates.Clock(expected, 0, tell)
        for each in self.passes:
            with clock.doing(each.mode, f"{self.subject.name}: {each.mode}"):
                self._compare(each, columns)
        if self.steps:
            self._train(columns, clock)
        if measured:  # later, since no metric explains what differs in training
            self._measure(columns, clock)
        where = {"device": columns.device, "backends": columns.states()}
        environment = {**machine(), **where, **self.how}
        told = self.subject.as_dict(), environment, list(self.rows), self._worst_first()
        return Report(*told, self.metrics)

    def _train(self, columns: Columns, clock: estimates.Clock) -> None:
        """Some training steps, where the model can be trained."""
        name = self.subject.name
        with clock.doing(("steps", "NumPy"), f"{name}: training steps (NumPy)"):
            try:
                x = self.passes[0].inputs
                training = Training(self.subject, x, self.dtype, self.steps, self.seed)
            except (ValueError, TypeError) as error:
                self.how["training"] = f"not compared: {error}"
                return
        self.how["training"] = training.told + without_steps(self.differing)
        with clock.doing(("steps", "Keras"), f"{name}: training steps (Keras)"):
            before = columns.backends
            ended = {backend for backend, path in self.ended if path == ()}
            for backend, theirs in columns.ask(take, self.dtype, training.question(), but=ended):
                if isinstance(theirs, str):
                    self.rows.refuse_whole(backend, f"training: {theirs}")
                elif backend not in self.differing:
                    for finding, sketches in training.findings(theirs, backend):
                        self.rows.take_steps(finding)
                        enough = enough_of(finding.needed)
                        self._keep(finding, partial(shown, sketches, enough=enough))
            for backend in before:
                if backend in columns.lost:
                    self.rows.refuse_whole(backend, f"training: {columns.lost[backend]}")
                    columns.restart(backend)

    def _measure(self, columns: Columns, clock: estimates.Clock) -> None:
        """The metrics that the model is compiled with, where they can be judged."""
        with clock.doing("metrics", f"{self.subject.name}: metrics"):
            try:
                metrics = Metrics(self.subject, self.passes[0].inputs, self.dtype, self.seed)
            except (ValueError, TypeError) as error:
                self.how["own"]["metrics"] = f"not compared: {error}"
                return
            self.how["own"] |= metrics.told
            self.metrics = metrics.rows
            for backend, answers in columns.ask(measure, self.dtype, metrics.questions):
                for finding, sketches in metrics.findings(answers, backend):
                    how = {"enough": enough_of(finding.needed), "otherwise": NO_BATCH}
                    self._keep(finding, partial(shown, sketches, **how))

    def _compare(self, each: Pass, columns: Columns) -> None:
        """Ask all, some at a time; of what is judged that alone is kept which does not hold."""
        wrong: dict[str, list[Judged]] = {}
        how = each.inputs, each.training, self.gradients, self.dtype
        for asked in at_once(ask(self.oracle, self.twin, *how), BYTES):
            for one in asked:
                self.rows.note_condition(one)
            for backend, answers in self._answers(columns, [one.question for one in asked]):
                for one, found in zip(asked, answers, strict=True):
                    judged = self._judge(one, found, backend, each.mode)
                    wrong.setdefault(backend, []).extend(j for j in judged if not j.record.passed)
        for backend, judged in wrong.items():
            for finding, one in findings(judged, backend, self.dtype, each.mode):
                if each.training:
                    alone = self.differing.get(backend, True)
                    self.differing[backend] = alone and finding.convention
                self._keep(finding, partial(_reproduce, finding, one, backend, self.dtype))

    def _judge(self, asked: Asked, found, backend: str, mode: str) -> list[Judged]:
        """The comparisons of one answer; none where a backend refuses it or it is beyond."""
        if isinstance(found, str):
            self.rows.refuse(asked, backend, found)
            return []
        if is_beyond(asked, found, self.dtype):
            self.rows.note_beyond(asked, backend)
            return []
        judged = judge(asked, found, backend, self.dtype)
        for one in judged:
            self.rows.take(one, backend, mode)
        return judged

    def _answers(
        self, columns: Columns, questions: list[Question]
    ) -> Iterator[tuple[str, Sequence]]:
        """`(backend, answers)` of each; one whose process a call ends is asked call by call."""
        before, alone = columns.backends, {backend for backend, _ in self.ended}
        path = self.subject.in_precision(self.dtype)
        request = answer, path, self.subject.own.path, self.dtype
        yield from columns.ask(*request, questions, but=alone)
        for backend in before:
            if backend in columns.lost:
                columns.restart(backend)
                alone.add(backend)
            if backend in alone:
                yield backend, [self._alone(columns, backend, request, one) for one in questions]

    def _alone(self, columns: Columns, backend: str, request: tuple, question: Question) -> object:
        """The answer to one question; where it ends the process why, and it is not asked again."""
        call = backend, question.path
        if call not in self.ended:
            for _, (found,) in columns.ask(*request, [question], of=backend):
                return found
            self.ended[call] = columns.lost[backend]
            columns.restart(backend)
        return self.ended[call]

    def _keep(self, finding: Finding, search: Callable) -> None:
        """Of one difference that several passes find, the worst is kept."""
        quantity = finding.quantity.partition(", ")[0]
        key = finding.layer, finding.backend, quantity, finding.kind, finding.convention
        if key not in self.findings or self.findings[key][0].needed < finding.needed:
            self.findings[key] = finding, search

    def _worst_first(self) -> list[Finding]:
        """The findings; conventions come last."""
        found = [finding for finding, _ in self.findings.values()]
        return sorted(found, key=lambda finding: (finding.convention, -finding.needed))

    def reproduce(self, columns: Columns, tell=lambda status: None) -> None:
        """Give each finding but conventions a script that shows it, or the reason of none."""
        wanted = [one for one in self.findings.values() if not one[0].convention]
        backends = {finding.backend for finding, _ in wanted}
        expected = dict.fromkeys(range(len(wanted)), SEARCH_SECONDS)
        clock = estimates.Clock(
            expected | dict.fromkeys(backends, estimates.START_SECONDS), 0, tell
        )
        for number, (finding, search) in enumerate(wanted):
            with clock.doing(number, f"reproducing {finding.layer} on {finding.backend}"):
                run = partial(run_on, columns, finding.backend, self.dtype)
                try:
                    finding.reproduction = search(run)
                except NotShown as reason:
                    finding.unshown = str(reason)
        for backend in backends:
            with clock.doing(backend, f"running the reproductions on {backend}"):
                made = [f for f, _ in wanted if f.backend == backend and f.reproduction]
                texts = confirmed([finding.reproduction for finding in made])
                for finding, text in zip(made, texts, strict=True):
                    finding.reproduction = text
                    finding.unshown = "" if text else NOT_AGAIN
