"""Run the cases of classes of Keras on backends; what is done already is not done again."""

import difflib
import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from math import inf
from pathlib import Path

from comparisons.harness.check.columns import Columns
from comparisons.harness.conformance.judging import Subject, judge, subjects
from comparisons.harness.conformance.report import Judgement, Report
from comparisons.harness.runs import estimates, fingerprints, targets
from comparisons.harness.runs.environment import machine
from comparisons.harness.runs.jobs import as_json, write_atomically

CASE_SECONDS = 0.03  # of one case on one backend, at first


def chosen(names: Sequence[str]) -> dict[str, Subject]:
    """The classes of these names; all where none is given.

    Raises:
        ValueError: for a name that has no cases.
    """
    known = subjects()
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "--all runs every class that has"
            raise ValueError(f"No cases for the class '{name}'; {hint}")
    return {name: known[name] for name in dict.fromkeys(names)} if names else known


def run(
    names: Sequence[str],
    backends: Sequence[str] | None,
    dtypes: Sequence[str],
    out: Path,
    fresh: bool = False,
    tell: Callable[[estimates.Status], None] = lambda status: None,
) -> Report:
    """Judge classes on backends.

    Args:
        names: of classes; none for all.
        backends: those to judge; None for all that are installed.
        dtypes: precisions of Keras.
        out: folder of what is done, where a run that was interrupted goes on.
        fresh: judge again what is done.
        tell: called with where the run stands.

    Raises:
        ValueError: an unknown class or backend, or none that can start.
        OSError: `out` cannot be written.
    """
    targets.folder(out)
    wanted = chosen(names)
    judgements = []
    with tempfile.TemporaryDirectory() as logs, Columns(backends, Path(logs)) as columns:
        plan = [(b, n, dtype) for b in columns.backends for n in wanted for dtype in dtypes]
        found = {} if fresh else {one: _read(out, *one) for one in plan}
        done = {one: rows for one, rows in found.items() if rows is not None}
        pending = {one: CASE_SECONDS * len(wanted[one[1]].cases) for one in plan if one not in done}
        clock = estimates.Clock(pending, len(done), tell)
        for backend, name, dtype in pending:
            with clock.doing((backend, name, dtype), f"{name} on {backend} in {dtype}"):
                for _, rows in columns.ask(judge, name, dtype, of=backend):
                    done[backend, name, dtype] = rows
                    _write(out, backend, name, dtype, rows)
        environment = {**machine(), "backends": columns.states()}
    for one in plan:
        if one in done:
            backend, name, dtype = one
            family = wanted[name].family
            judgements.append(Judgement(name, family, backend, dtype, done[one]))
    return Report(environment, judgements, len(judgements) == len(plan))


def _file(out: Path, backend: str, name: str, dtype: str) -> Path:
    return out / "jobs" / f"{name}.{backend}.{dtype}.json"


@cache
def _mark(backend: str) -> str:
    """What a judgement depends on: the code, and the versions."""
    versions = {name: fingerprints.version_of(name) for name in ("keras", "numpy", backend)}
    parts = json.dumps([fingerprints.code_digest(), versions], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()


def _read(out: Path, backend: str, name: str, dtype: str) -> list[dict] | None:
    """The rows that were found before; None where there are none, or of other code or versions."""
    try:
        content = json.loads(_file(out, backend, name, dtype).read_bytes())
        # Where a disk takes `ReLU` and `relu` for one name, the file may be the other's.
        if (content["name"], content["fingerprint"]) != (name, _mark(backend)):
            return None
        return [
            {key: inf if value is None else value for key, value in row.items()}
            for row in content["rows"]
        ]  # JSON has no infinity
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _write(out: Path, backend: str, name: str, dtype: str, rows: list[dict]) -> None:
    content = {"name": name, "fingerprint": _mark(backend), "rows": rows}
    write_atomically(_file(out, backend, name, dtype), as_json(content))
