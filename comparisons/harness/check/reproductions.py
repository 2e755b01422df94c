"""The scripts of findings: their lines run by a backend, then each once more by itself."""

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from comparisons.harness.check import unshown
from comparisons.harness.check.answers import computing_in
from comparisons.harness.check.columns import Columns
from comparisons.harness.check.findings import Judged
from comparisons.harness.check.script import LINES, Sketch, script
from comparisons.harness.check.shrinking import Search, worst_entry
from comparisons.harness.check.unshown import NotShown
from comparisons.harness.proof import checks

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
        index = worst_entry(found, exact)
        told = versions(sketch.backend), index, exact[index].item(), sketch.tolerance
        if text := script(sketch, *told):
            return text
    raise NotShown(otherwise)


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
