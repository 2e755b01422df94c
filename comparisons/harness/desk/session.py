"""What the command line and Python share: run, write the pages, read results, check a model."""

import os
from collections.abc import Sequence
from pathlib import Path

from comparisons.harness import catalogue
from comparisons.harness.check import checking
from comparisons.harness.check.report import Report
from comparisons.harness.concept import Settings
from comparisons.harness.desk import selection
from comparisons.harness.desk.display import Display
from comparisons.harness.desk.notebooks import Comparison, Comparisons
from comparisons.harness.report import write_pages
from comparisons.harness.runs import runner

LARGE = 5_000_000  # bytes of a file that takes a while to read


def run(
    words: Sequence[str], settings: Settings, backends: list[str] | None, out: Path, fresh: bool
) -> Comparisons:
    """Run concepts, tell of the progress on standard error, and write the pages.

    Raises:
        ValueError: see `selection.concepts` and `runner.plan`.
        WorkerError, OSError: see `runner.run`.
    """
    catalogue.names()  # the pages speak of all concepts: a broken script is told before the run
    with Display() as display:
        if settings.csv and os.path.isfile(settings.csv):
            size = os.path.getsize(settings.csv)
            if size > LARGE:
                display.say(f"reading {settings.csv} ({size / 1e6:.0f} MB)")
        plan = runner.plan(selection.concepts(words), settings, backends)
        out.mkdir(parents=True, exist_ok=True)
        runner.run(plan, out, fresh, display)
    write_pages(out)
    return Comparisons(Comparison.read(out / name) for name in plan.concepts)


def check(model, **options) -> Report:
    """Check a model, and tell of the progress on standard error; see `checking.check`."""
    with Display() as display:
        return checking.check(model, tell=display, **options)


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
