"""Run the cases of classes of Keras on backends; what is done already is not done again."""

import difflib
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path

from comparisons.harness.check.columns import Columns
from comparisons.harness.conformance.families import FAMILIES
from comparisons.harness.conformance.judging import (
    NEW,
    PASSED,
    REFUSED,
    VERDICTS,
    Subject,
    judge,
    subjects,
)
from comparisons.harness.runs import estimates, fingerprints
from comparisons.harness.runs.environment import machine
from comparisons.harness.runs.jobs import as_json, write_atomically

CASE_SECONDS = 0.03  # of one case on one backend, at first


@dataclass(frozen=True)
class Judgement:
    """A class on one backend in one precision.

    Args:
        rows: what came of each case, as `judging.Row` has it.
    """

    name: str
    family: str
    backend: str
    dtype: str
    rows: list[dict]

    @property
    def counts(self) -> dict[str, int]:
        """How many cases had each verdict."""
        found = Counter(row["verdict"] for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def as_dict(self) -> dict:
        """The judgement as plain values."""
        return {**vars(self), "counts": self.counts}


@dataclass(frozen=True)
class Report:
    """What a run gave.

    Args:
        environment: machine, versions and backends.
        judgements: in the order of the tables.
    """

    environment: dict
    judgements: list[Judgement]

    @property
    def holds(self) -> bool:
        """Whether nothing new was found."""
        return not any(one.counts[NEW] for one in self.judgements)

    def totals(self) -> Iterator[tuple[str, str, dict[str, int]]]:
        """`(backend, precision, counts)` over all classes."""
        for backend in dict.fromkeys(one.backend for one in self.judgements):
            for dtype in dict.fromkeys(one.dtype for one in self.judgements):
                of = [j for j in self.judgements if (j.backend, j.dtype) == (backend, dtype)]
                yield backend, dtype, _sum(of)

    def kinds(self) -> dict[str, dict[tuple[str, str], dict[str, int]]]:
        """For each family the counts of each backend and precision."""
        return {
            family: {
                (backend, dtype): _sum(
                    j
                    for j in self.judgements
                    if (j.family, j.backend, j.dtype) == (family, backend, dtype)
                )
                for backend, dtype, _ in self.totals()
            }
            for family in dict.fromkeys(one.family for one in self.judgements)
        }

    def differing(self) -> list[tuple[Judgement, dict]]:
        """The cases that did not pass, by kind; those that are new first, refused ones last."""
        order = (NEW, *(v for v in reversed(VERDICTS) if v not in (NEW, PASSED, REFUSED)), REFUSED)
        found = [(j, row) for j in self.judgements for row in j.rows if row["verdict"] != PASSED]
        kinds = list(FAMILIES)
        return sorted(
            found, key=lambda one: (order.index(one[1]["verdict"]), kinds.index(one[0].family))
        )

    def as_dict(self) -> dict:
        """What `--json` writes."""
        return {
            "environment": self.environment,
            "classes": [judgement.as_dict() for judgement in self.judgements],
        }


def _sum(judgements: Iterable[Judgement]) -> dict[str, int]:
    """How many of their cases had each verdict."""
    counts = [one.counts for one in judgements]
    return {verdict: sum(of[verdict] for of in counts) for verdict in VERDICTS}


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
    return Report(environment, judgements)


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
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _write(out: Path, backend: str, name: str, dtype: str, rows: list[dict]) -> None:
    content = {"name": name, "fingerprint": _mark(backend), "rows": rows}
    write_atomically(_file(out, backend, name, dtype), as_json(content))
