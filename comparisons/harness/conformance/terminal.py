"""The report in a terminal: totals, kinds, and every case that did not pass, the new first."""

from typing import TYPE_CHECKING

from comparisons.harness.check.columns import CHECKED
from comparisons.harness.conformance.judging import PASSED, REFUSED, VERDICTS
from comparisons.harness.report.formats import digits, needed

if TYPE_CHECKING:
    from comparisons.harness.conformance.report import Judgement, Report


def lines(report: "Report") -> list[str]:
    """The report, line by line."""
    states = report.environment["backends"]
    return [
        *(f"{name}: {reason}" for name, reason in states.items() if reason != CHECKED),
        *_totals(report),
        *_kinds(report),
        *(line for judgement, row in report.differing() for line in _told(judgement, row)),
    ]


def _totals(report: "Report") -> list[str]:
    cells = [["", *VERDICTS]]
    for backend, dtype, counts in report.totals():
        cells.append([f"{backend}, {dtype}", *(str(counts[verdict]) for verdict in VERDICTS)])
    return _aligned(cells)


def _kinds(report: "Report") -> list[str]:
    """What passed of each kind, where there are several."""
    kinds = report.kinds()
    if len(kinds) < 2:
        return []
    cells = [["passed", *(f"{backend}, {dtype}" for backend, dtype, _ in report.totals())]]
    for family, of in kinds.items():
        cells.append([family, *(f"{c[PASSED]} of {sum(c.values())}" for c in of.values())])
    return ["", *_aligned(cells), ""]


def _aligned(cells: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*cells)]
    return ["  ".join(map(str.rjust, row, widths)) for row in cells]


def _told(judgement: "Judgement", row: dict) -> list[str]:
    """A case that did not pass; of one that was refused, why."""
    what = f"{row['case']} on {judgement.backend} in {judgement.dtype}: {row['verdict']}"
    if row["verdict"] == REFUSED:
        return [f"{what}: {row['reason']}"]
    size = (
        f"  {row['quantity']}: error {digits(row['error'])}, tolerance "
        f"{digits(row['tolerance'])}, needed {needed(row['needed'])[0]}"
    )
    return [what, size + (f"; {row['reason']}" if row["reason"] else "")]
