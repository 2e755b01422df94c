"""The report in a terminal: findings, then every layer and every metric, the worst first."""

import shutil
import sys
from typing import TYPE_CHECKING

from comparisons.harness.check.columns import CHECKED
from comparisons.harness.check.findings import Finding
from comparisons.harness.check.questions import LOCAL, PROPAGATED
from comparisons.harness.conventions import DOCUMENT
from comparisons.harness.report.formats import NONE, digits, needed

if TYPE_CHECKING:
    from comparisons.harness.check.report import Report, Row

# How what a table is of was compared; of one way alone nothing is said.
KINDS = {"layer": (LOCAL, PROPAGATED), "metric": (LOCAL,)}
BEYOND = "  not judged, since numbers were beyond {}'s largest, {}: {}"


def lines(report: "Report") -> list[str]:
    """The report, line by line."""
    backends = report.environment["backends"]
    return [
        f"{title(report)}: {verdict(report)}",
        *(f"  {name}: {reason}" for name, reason in backends.items() if reason != CHECKED),
        *(f"  {name}: {how}" for name, how in report.environment["own"].items()),
        f"  training: {report.environment['training']}",
        *(line for finding in report.findings for line in _told(finding)),
        *_refused(report),
        *([BEYOND.format(*report.largest, report.beyond)] if report.beyond else []),
        *_condition(report),
        *_tables("layer", report.layers, report.checked),
        *(_tables("metric", report.metrics, report.checked) if report.metrics else []),
    ]


def title(report: "Report") -> str:
    """What was checked."""
    model, how = report.model, report.environment
    name = model["file"] or model["name"]
    return f"{name}, {model['parameters']:,} parameters, {how['dtype']}, batch of {how['batch']}"


def verdict(report: "Report") -> str:
    """In a few words what came of it."""
    conventions = sum(finding.convention for finding in report.findings)
    found = len(report.findings) - conventions
    text = f"{found} finding{'s' * (found != 1)}" if found else "all agree"
    return text + (f", {conventions} by convention" if conventions else "")


def _told(finding: Finding) -> list[str]:
    how = "" if finding.is_of_metric else f" ({finding.kind})"
    what = f"convention; {DOCUMENT}" if finding.convention else finding.known or "new"
    return [
        "",
        f"{finding.layer} on {finding.backend}: {finding.quantity}{how}",
        f"  error {digits(finding.error)}, tolerance {digits(finding.tolerance)}, "
        f"needed {needed(finding.needed)[0]}; {what}",
        *([f"  no script: {finding.unshown}{_known_script(finding)}"] if finding.unshown else []),
    ]


def _known_script(finding: Finding) -> str:
    """The command that runs the known divergence's own script, where there is one."""
    name = (finding.known or "").rpartition("#")[2]
    command = f"sidebyside divergences {name} --backends {finding.backend}"
    return name and f"; the known divergence's: {command}"


def _refused(report: "Report") -> list[str]:
    return [
        f"  {row.layer}: refused by {backend}: {reason}"
        for row in [*report.layers, *report.metrics]
        for backend, reason in row.refused.items()
    ]


def _condition(report: "Report") -> list[str]:
    """Where the model begins to be ill-conditioned, in one line."""
    row = report.ill_conditioned
    if row is None:
        return []
    return [
        f"  ill-conditioned from {row.layer} on: one rounding of inputs and weights is "
        f"{digits(row.condition)} roundings of its output, and says little about a backend"
    ]


def _tables(what: str, rows: list["Row"], backends: list[str]) -> list[str]:
    """One table, or one for each backend in a terminal that is too narrow for it."""
    table = _table(what, rows, backends)
    width = shutil.get_terminal_size((sys.maxsize, 0)).columns
    if max(map(len, table)) <= width:
        return ["", *table]
    return [line for backend in backends for line in ("", *_table(what, rows, [backend]))]


def _table(what: str, rows: list["Row"], backends: list[str]) -> list[str]:
    """Share of the tolerance that each layer needed, local and propagated, or each metric."""
    kinds = KINDS[what]

    def worst(row: "Row") -> float:
        sides = (side for kinds in row.backends.values() for side in kinds.values())
        return max((side.needed for side in sides), default=0.0)

    cells = [[what, "class"]]
    for backend in backends:
        cells[0] += [backend] if len(kinds) == 1 else [f"{backend} {kind}" for kind in kinds]
    for row in sorted(rows, key=worst, reverse=True):
        cells.append([row.layer, row.class_name])
        for backend in backends:
            sides = row.backends.get(backend, {})
            for kind in kinds:
                cells[-1].append(needed(sides[kind].needed)[0] if kind in sides else NONE)
    widths = [max(map(len, column)) for column in zip(*cells)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
