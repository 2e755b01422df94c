"""What the command line and Python share: run, write the pages, read results, check a model."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from comparisons.harness import catalogue, table_files
from comparisons.harness.bench import running as timing
from comparisons.harness.bench.report import Report as Times
from comparisons.harness.check import checking
from comparisons.harness.check.report import Report
from comparisons.harness.concept import Settings
from comparisons.harness.conformance import running
from comparisons.harness.conformance.report import Report as Conformance
from comparisons.harness.desk import selection
from comparisons.harness.desk.display import Display
from comparisons.harness.desk.notebooks import Comparison, Comparisons
from comparisons.harness.divergences import running as reproducing
from comparisons.harness.divergences.outcomes import Outcome
from comparisons.harness.race import running as racing
from comparisons.harness.race.report import Report as Race
from comparisons.harness.report import equations, write_pages
from comparisons.harness.runs import estimates, runner, targets
from comparisons.harness.runs.jobs import write_atomically
from comparisons.harness.table_files.frames import as_csv
from comparisons.harness.tabular import asking, saved, terminal

LARGE = 5_000_000  # bytes of a file that takes a while to read
REPRODUCTION_SECONDS = 0.5  # of one reproduction on one backend, at first
OWN_TABLE = "own_table"  # the concept that a table is run as


def run(
    words: Sequence[str],
    settings: Settings,
    backends: list[str] | None,
    out: Path,
    fresh: bool,
    workers: int | None,
    cluster: str | None,
) -> Comparisons:
    """Run concepts, tell of the progress on standard error, and write the pages.

    Raises:
        ValueError: see `selection.concepts` and `runner.plan`.
        WorkerError, OSError: see `runner.run`.
    """
    targets.folder(out)
    with Display() as display:
        if settings.csv:
            _say_if_large(display, settings.csv)
        names = selection.concepts(words)
        return _run(names, settings, backends, out, fresh, display, workers, cluster)


def table(
    given: str | Path | pd.DataFrame,
    target: str,
    settings: Settings,
    backends: list[str] | None,
    out: Path | None,
    fresh: bool,
    workers: int | None,
    save: Path | None,
    **options,
) -> Comparison:
    """Run the comparison on a person's own table; what was found in it is shown first.

    Args:
        given: a file; or a table, which is written to a file in the results.
        out: folder of the results; None for one in `results/tables` that is named after the file.
        save: where the pipeline, trained on all rows, is to be written, or None.
        options: see `asking.ask`.

    Raises:
        ValueError: see `asking.ask` and `runner.plan`.
        WorkerError, OSError: see `runner.run`.
    """
    runner.available(backends)  # rather refused now than after the work
    targets.file(save)
    if isinstance(given, (str, Path)):
        path = Path(given)
        out = targets.folder(out or Path("results/tables") / path.name.partition(".")[0])
    else:
        out = targets.folder(out or Path("results/tables/table"))
        path = out / "table.csv"
        write_atomically(path, as_csv(given))
    with Display() as display:
        _say_if_large(display, path)
        question = asking.ask(path, target, **options, tell=display.step)
        for line in terminal.lines(question):
            display.say(line)
        settings = replace(settings, table=question)
        (found,) = _run([OWN_TABLE], settings, backends, out, fresh, display, workers)
        if save:
            display.say("training on all rows, to be saved")
            saved.save(save, question, settings, OWN_TABLE, display.step)
    return found


def predict(
    pipeline: Path, given: str | Path | pd.DataFrame, encoding: str | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """A table's fields as text, what a saved pipeline tells of its rows, and what was noticed.

    Raises:
        DataError: see `saved.load`, `table_files.read` and `Pipeline.predict`.
    """
    loaded = saved.load(pipeline)
    if isinstance(given, (str, Path)):
        where, table = f"{given}: ", table_files.read(Path(given), encoding)
    else:
        where, table = "", table_files.parse(as_csv(given))
    try:
        return table.frame, *loaded.predict(table)
    except table_files.DataError as error:
        raise table_files.DataError(f"{where}{error}") from error


def _say_if_large(display: Display, path: str | Path) -> None:
    if os.path.isfile(path) and (size := os.path.getsize(path)) > LARGE:
        display.say(f"reading {path} ({size / 1e6:.0f} MB)")


def shorter(settings: Settings) -> list[str]:
    """The options, not chosen yet, with which a run does less."""
    folds = ["--folds 2"] if settings.table and settings.table.folds > 2 else []
    sizes = {"seeds": settings.seeds, "epochs": settings.epochs}
    return folds + [f"--{option} 1" for option, chosen in sizes.items() if chosen != 1]


def _run(
    names,
    settings,
    backends,
    out: Path,
    fresh: bool,
    display: Display,
    workers: int | None,
    cluster: str | None = None,
) -> Comparisons:
    catalogue.names()  # the pages speak of all concepts: a broken script is told before the run
    plan = runner.plan(names, settings, backends, workers, cluster, display.step)
    for name, concept in plan.concepts.items():
        equations.look_over(name, concept)
    display.shorter = shorter(settings)
    out.mkdir(parents=True, exist_ok=True)
    runner.run(plan, out, fresh, display)
    display.say("writing the pages")
    write_pages(out)
    return Comparisons(Comparison.read(out / name) for name in plan.concepts)


def check(model, **options) -> Report:
    """Check a model, and tell of the progress on standard error; see `checking.check`."""
    with Display() as display:
        return checking.check(model, tell=display, **options)


def conformance(*arguments) -> Conformance:
    """Judge classes of Keras, and tell of the progress; see `conformance.running.run`."""
    with Display() as display:
        return running.run(*arguments, display)


def divergences(names: Sequence[str], backends: Sequence[str]) -> list[Outcome]:
    """Run the reproductions of known divergences, and tell of the progress.

    Raises:
        ValueError: see `divergences.running.plan`.
    """
    steps = reproducing.plan(names, backends)
    outcomes = reproducing.run(steps)
    jobs = [f"{known.name} on {backend}" for backend, known in steps]
    found = []
    with Display() as display:
        clock = estimates.Clock(dict.fromkeys(jobs, REPRODUCTION_SECONDS), 0, display)
        for job in jobs:
            with clock.doing(job, job):
                found.append(next(outcomes))
    return found


def bench(*arguments) -> Times:
    """Measure models, and tell of the progress; see `bench.running.run`."""
    with Display() as display:
        return timing.run(*arguments, display)


def race(*arguments) -> Race:
    """Race to an accuracy, and tell of the progress; see `race.running.run`."""
    with Display() as display:
        return racing.run(*arguments, display)


def load(folder: Path) -> Comparisons:
    """The results in a folder, in the order of chapters.

    Raises:
        ValueError: the folder is not there or holds no results, or a broken one.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder of results; `sidebyside run` makes one")
    there = [n for n in catalogue.script_names() if (folder / n / "result.json").exists()]
    found = Comparisons(Comparison.read(folder / name) for name in catalogue.in_order(there))
    if not found:
        raise ValueError(f"{folder}: holds no results; `sidebyside run` makes them")
    return found
