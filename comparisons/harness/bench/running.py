"""Measure models on every implementation: a process each, one of which works at a time."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from comparisons.harness.bench import floors, measuring, models
from comparisons.harness.bench.measuring import EPOCH, TEXTBOOK, TRAIN_STEP, Setting, Task
from comparisons.harness.bench.models import Model
from comparisons.harness.bench.report import Report, Row
from comparisons.harness.bench.settings import ONEDNN, Try, Trying, fastest
from comparisons.harness.runs import crew, estimates, runner
from comparisons.harness.runs.environment import machine
from comparisons.harness.runs.workers import Column, JobFailed

SECONDS, TRIED_SECONDS = 0.5, 0.2  # of a timed call, about
#: Seconds that trying a model's settings takes, about.
TRYING = {"keras-tensorflow": 8.0, "keras-jax": 6.0, "keras-torch": 30.0}


@dataclass
class Entrant:
    """An implementation's process with its model, and what it was asked."""

    row: Row
    task: Task
    column: Column | None = None
    seconds: list[float] = field(default_factory=list)

    def ask(self, function: Callable, *arguments):
        """What the process answers; None from when it does not."""
        if self.row.reason:
            return None
        try:
            self.column.send(function, *arguments)
            return self.column.answer()
        except JobFailed as failure:
            self.row.reason = failure.reason
            return None

    def prepare(self) -> None:
        """Load the model, and let the framework compile."""
        if found := self.ask(measuring.prepare, self.task):
            self.row.data_bytes = found["data_bytes"]
            self.row.threads = found["threads"] or self.row.cores
            if self.row.first_call_milliseconds is None:  # else it was slower when it was tried
                self.row.first_call_milliseconds = 1e3 * found["first_call"]

    def measure(self) -> None:
        """Take one more time."""
        if found := self.ask(measuring.measure, self.task):
            self.seconds.append(found["seconds"])
            self.row.peak_memory_bytes = found["peak"]

    def finished(self, floor: float) -> Row:
        """The row, with the seconds that the machine's ceilings leave."""
        if not self.row.reason:
            low, middle, high = 1e3 * np.quantile(self.seconds, [0.25, 0.5, 0.75])
            self.row.milliseconds, self.row.spread = float(middle), (float(low), float(high))
            self.row.floor_milliseconds = 1e3 * floor
        return self.row


class Bench:
    """A run: its processes, which end with it.

    Args:
        models: by name.
        columns: of Keras.
        cores: how many of the machine's the processes may use.
        phases: what is measured of each model.
        repeats: how many times are taken of each.
        folder: for the models' files, and for what the frameworks print.
        tell: called with where the run stands.
    """

    def __init__(
        self,
        models: dict[str, Model],
        columns: Sequence[str],
        cores: int,
        phases: Sequence[str],
        repeats: int,
        folder: Path,
        tell: Callable[[estimates.Status], None],
    ):
        self.models, self.columns, self.phases = models, columns, phases
        self.cores, self.repeats, self.folder = cores, repeats, folder
        self.pinned = pinned(cores)
        self.tries: list[Try] = []
        self.rates: list[tuple[float, float]] = []
        # The points of a sweep share the settings that are best in its middle.
        kinds = {}
        for name, model in models.items():
            kinds.setdefault(model.sweep or name, []).append(name)
        self.representatives = {kind: names[len(names) // 2] for kind, names in kinds.items()}
        self.variants = [(c, onednn) for c in columns for onednn in ONEDNN.get(c, (None,))]
        seconds = (len(columns) + 2) * (estimates.START_SECONDS + 3 * SECONDS * repeats)
        expected = {
            (*variant, kind): TRYING[variant[0]] * len(phases)
            for variant in self.variants
            for kind in kinds
        } | {(name, phase): seconds for name in models for phase in phases}
        self.clock = estimates.Clock(expected, 0, tell)

    def run(self) -> list[Row]:
        """All rows."""
        with self.started(self.columns[0]) as column:
            for name, model in self.models.items():
                _answer(column, measuring.save, model, self.file(name))
        for column, onednn in self.variants:
            self.settle(column, onednn)
        with self.started("numpy") as gauge:
            return [
                row
                for name in self.models
                for phase in self.phases
                for row in self.race(gauge, name, phase)
            ]

    def file(self, name: str) -> str:
        """Where a model is."""
        return str(self.folder / f"{name}.keras")

    def start(self, implementation: str, onednn: bool | None = None) -> Column:
        """A process of an implementation. Raises JobFailed."""
        environment = {"TORCHINDUCTOR_CACHE_DIR": str(self.folder / "compiled")}
        if onednn is not None:
            environment["TF_ENABLE_ONEDNN_OPTS"] = str(int(onednn))
        log = self.folder / f"{implementation}.log"
        column = Column(implementation, "cpu", log, self.pinned, environment)
        try:
            column.answer()
        except BaseException:
            column.stop()
            raise
        return column

    @contextlib.contextmanager
    def started(self, *arguments) -> Iterator[Column]:
        """The same, which ends with the block."""
        column = self.start(*arguments)
        try:
            yield column
        finally:
            column.stop()

    def settle(self, implementation: str, onednn: bool | None) -> None:
        """Try the settings of a backend."""
        phases = dict.fromkeys(map(tried_as, self.phases))
        with Trying(partial(self.start, implementation, onednn), onednn) as trying:
            for kind, name in self.representatives.items():
                job = implementation, onednn, kind
                with self.clock.doing(job, f"{kind}: settings of {implementation}"):
                    for phase in phases:
                        task = self.task(name, implementation, phase, Setting(), TRIED_SECONDS)
                        self.tries += trying.tries(task)

    def task(self, name: str, *what) -> Task:
        """What a process is asked for."""
        return Task(self.file(name), self.models[name], *what)

    def race(self, gauge: Column, name: str, phase: str) -> list[Row]:
        """The rows of a model in a phase: everyone in turn, and the ceilings with them."""
        model, rates = self.models[name], []
        doing = self.clock.doing((name, phase), f"{name}: {phase}")
        with doing, contextlib.ExitStack() as processes:
            entrants = [
                self.enter(processes, name, implementation, phase)
                for implementation in ("numpy", TEXTBOOK, *self.columns)
                if model.textbook or implementation != TEXTBOOK
            ]
            for _ in range(self.repeats):
                for entrant in entrants:
                    entrant.measure()
                rates.append(_answer(gauge, floors.ceilings, self.cores))
            work = _answer(gauge, floors.work, model, self.file(name))[phase]
        self.rates += rates
        floor = work.seconds(*np.median(rates, axis=0))
        return [entrant.finished(floor) for entrant in entrants]

    def enter(
        self, processes: contextlib.ExitStack, name: str, implementation: str, phase: str
    ) -> Entrant:
        """An implementation made ready, at the best setting that was found for it."""
        model = self.models[name]
        row = Row(name, model.sweep, model.size, implementation, self.cores, phase)
        setting, column = Setting(), "numpy"
        if implementation in self.columns:
            best = self.best(name, implementation, phase)
            setting, column, row.reason = best.task.setting, implementation, best.reason
            row.first_call_milliseconds = best.first_call and 1e3 * best.first_call
        entrant = Entrant(row, self.task(name, implementation, phase, setting, SECONDS))
        if not row.reason:
            row.setting = str(setting)
            try:
                entrant.column = processes.enter_context(self.started(column, setting.onednn))
            except JobFailed as failure:
                row.reason = failure.reason
        entrant.prepare()
        return entrant

    def best(self, name: str, implementation: str, phase: str) -> Try:
        """The fastest try of an implementation; one that failed where all did."""
        file = self.file(self.representatives[self.models[name].sweep or name])
        wanted = file, implementation, tried_as(phase)
        tries = [
            t for t in self.tries if (t.task.file, t.task.implementation, t.task.phase) == wanted
        ]
        return fastest(tries) or tries[0]


def tried_as(phase: str) -> str:
    """The phase in which settings are tried: an epoch's steps are training steps."""
    return TRAIN_STEP if phase == EPOCH else phase


def pinned(cores: int) -> list[int]:
    """So many of the processor's cores, those that processes are kept to; none named for all.

    Raises:
        ValueError: fewer than all, where the system cannot keep a process to them.
    """
    mine = crew.cores()
    if cores == len(mine):
        return []
    if not hasattr(os, "sched_setaffinity"):
        raise ValueError("--cores: this system keeps no process to some of its cores; leave it out")
    return mine[:cores]


def start_up(implementation: str, cores: Sequence[int]) -> float:
    """Seconds until a fresh Python has imported it."""
    module = "reference_numpy" if implementation == "numpy" else "keras"
    pin = f"import os; os.sched_setaffinity(0, {cores}); " if cores else ""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "KERAS_BACKEND": implementation.removeprefix("keras-"),
    }
    start = time.perf_counter()
    command = [sys.executable, "-P", "-c", f"{pin}import {module}"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def run(
    names: Sequence[str],
    backends: Sequence[str] | None,
    cores: int | None,
    phases: Sequence[str],
    repeats: int,
    tell: Callable[[estimates.Status], None] = lambda status: None,
) -> Report:
    """Measure models on NumPy and on backends of Keras.

    Args:
        names: of models and sweeps; none for all.
        backends: those to measure; None or none for all that are installed.
        cores: how many of the machine's the processes may use; None for all.
        phases: of `PHASES`.
        repeats: how many times are taken of each; their median counts.
        tell: called with where the run stands.

    Raises:
        ValueError: an unknown model or backend, more cores than there are, or no backend that can
            start.
    """
    chosen = models.chosen(names)
    columns, missing = runner.keras_columns(
        list(backends or []), "name a backend to measure beside NumPy"
    )
    there = len(crew.cores())
    cores = there if cores is None else cores
    if not 1 <= cores <= there:
        raise ValueError(f"--cores: expected 1 to {there}, which there are, got {cores}")
    pinned(cores)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(chosen, columns, cores, phases, repeats, Path(folder), tell)
        try:
            rows = bench.run()
        except JobFailed as failure:
            raise ValueError(failure.reason) from failure
    products, copies = np.median(bench.rates, axis=0)
    return Report(
        machine(),
        {"cores": cores, "repeats": repeats, "phases": list(phases)},
        missing,
        {name: start_up(name, pinned(cores)) for name in ("numpy", *columns)},
        {"multiplications": products, "copied_bytes": copies},
        [t.as_dict() for t in bench.tries],
        rows,
    )


def _answer(column: Column, function: Callable, *arguments):
    """What a process answers. Raises JobFailed."""
    column.send(function, *arguments)
    return column.answer()
