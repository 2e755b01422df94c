"""Judge the cases of one class on one backend, in the backend's own process."""

import itertools
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np

from comparisons.harness.check.answers import reason
from comparisons.harness.check.findings import Judged, are_conventions
from comparisons.harness.check.questions import LOCAL, Asked, Place
from comparisons.harness.check.reproductions import confirmed, reproduce, run_lines, shown
from comparisons.harness.check.unshown import NotShown
from comparisons.harness.conformance.families import FAMILIES
from comparisons.harness.conformance.families.trial import Refused, Trial
from comparisons.harness.divergences import seen_on
from comparisons.harness.proof import allowances, checks
from comparisons.harness.proof.calls import CallReference
from comparisons.harness.proof.precision import computing_in, reference_precision

AS_FLOAT32 = "no more digits than in float32"
PASSED, CONVENTION, KNOWN, REFUSED, NEW = VERDICTS = (
    *("passed", "convention", "known divergence", "refused", "new"),
)


@dataclass(frozen=True)
class Row:
    """What came of one case.

    Args:
        case: its name in the table.
        verdict: one of `VERDICTS`.
        quantity: that of the largest error in units of its tolerance.
        error, tolerance, needed: the largest difference, the largest that rounding explains, and
            the first in units of the second.
        reason: the divergence that it is, or why the backend refused it.
        reproduction: of the worst that is new in a class of layers, operations, losses, metrics,
            optimizers or activation functions, a script that needs Keras alone, which was run.
    """

    case: str
    verdict: str
    quantity: str = ""
    error: float = 0.0
    tolerance: float = 0.0
    needed: float = 0.0
    reason: str = ""
    reproduction: str = ""


@dataclass(frozen=True)
class Subject:
    """A class of Keras, or a function, and its cases.

    Args:
        family: one of `FAMILIES`.
        cases: the name of each, and the case.
    """

    name: str
    family: str
    cases: tuple


def subjects() -> dict[str, Subject]:
    """Every class that has cases, by family and name.

    A name that an earlier family has, too, is told apart: `Dropout` is a layer, `operation.Dropout`
    what a graph has, `loss.Poisson` and `metric.Poisson` are both there.
    """
    found = {}
    for family, of in FAMILIES.items():
        for name, title, case in of.cases:
            found.setdefault((family, name), []).append((title, case))
    taken, named = set(), {}
    for (family, name), cases in found.items():
        key = f"{family}.{name}" if name in taken else name
        named[key] = Subject(name, family, tuple(cases))
        taken.add(name)
    return named


def judge(worker, name: str, dtype: str, progress) -> list[dict]:
    """The rows of a class in one precision, as plain values.

    Args:
        name: as in `subjects`.
    """
    subject = subjects()[name]
    rows = []
    for number, (title, case) in enumerate(subject.cases, 1):
        rows.append(judge_case(subject.family, title, case, worker, dtype))
        progress(number, len(subject.cases))
    new = [number for number, row in enumerate(rows) if row.verdict == NEW]
    if new:
        worst = max(new, key=lambda number: rows[number].needed)
        case = subject.cases[worst]
        rows[worst] = judge_case(subject.family, *case, worker, dtype, reproducing=True)
    return [asdict(row) for row in rows]


def judge_case(family: str, title: str, case, worker, dtype: str, reproducing: bool = False) -> Row:
    """What comes of one case of a family's table.

    Args:
        reproducing: whether what is new gets a script that shows it, where a short one does.
    """
    backend = worker.implementation.removeprefix("keras-")
    try:
        trial = FAMILIES[family].trial(case, worker.backend, backend, dtype)
    except Refused as error:
        return Row(title, REFUSED, reason=str(error))
    # Operations on integers compute in the default precision of the moment.
    with np.errstate(all="ignore"), reference_precision("float64"):
        quantities, scale = trial.quantities, trial.scale
    try:
        with computing_in(worker.backend, dtype), worker.backend.on_device("cpu"):
            found = trial.theirs()
    except Exception as error:
        return Row(title, REFUSED, reason=reason(error))
    records = checks.compare_all(title, backend, dtype, quantities, found, scale)
    worst = max(records, key=lambda record: record.needed)
    numbers = worst.where, worst.error, worst.tolerance, worst.needed
    wrong = [
        (key, record)
        for key, record in zip({**quantities, **found}, records, strict=True)
        if not record.passed
    ]
    if not wrong:
        return Row(title, PASSED, *numbers)
    if trial.undecided:
        return Row(title, CONVENTION, *numbers, trial.undecided)
    whole = LOCAL, None, trial.reference, None, Place(title, "", ())
    asked = Asked(*whole, {}, quantities, scale, trial.masked)
    judged = [Judged(asked, key, asked.place, key, r, found.get(key)) for key, r in wrong]
    with reference_precision("float64"):
        conventions = are_conventions(judged, dtype)
        judged = [one for one, is_one in zip(judged, conventions, strict=True) if not is_one]
        known = [trial.known(one) for one in judged]
    if not judged:
        return Row(title, CONVENTION, *numbers)
    worst = max((one.record for one in judged), key=lambda record: record.needed)
    numbers = worst.where, worst.error, worst.tolerance, worst.needed
    if None not in known:
        return Row(title, KNOWN, *numbers, "; ".join(sorted({one.link for one in known})))
    why = worst.reason
    if dtype == "float64" and worst.needed * checks.FACTOR <= allowances.FLOAT32_IN_FLOAT64:
        if told := seen_on(backend, trial.diverges):
            return Row(title, KNOWN, *numbers, told.link)
        why = AS_FLOAT32
    row = Row(title, NEW, *numbers, why)
    return replace(row, reproduction=_script(trial, judged, worker, dtype)) if reproducing else row


def _script(trial: Trial, judged: list[Judged], worker, dtype: str) -> str:
    """A script that shows the worst of some differences and was run, where there is a short one."""
    judged = sorted(judged, key=lambda one: -one.record.needed)
    run = partial(run_lines, worker, dtype, progress=None)
    try:
        if isinstance(trial.reference, CallReference):
            text = reproduce(judged[0], worker.implementation.removeprefix("keras-"), dtype, run)
        else:
            with reference_precision("float64"):
                sketches = itertools.chain.from_iterable(
                    trial.sketches(one.name, trial.quantities[one.name], one.record.tolerance)
                    for one in judged
                )
                text = shown(sketches, run)
    except NotShown:
        return ""
    (text,) = confirmed([text])
    return text or ""
