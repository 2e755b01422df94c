"""The page of a check, and the scripts of its findings as files."""

import re
from pathlib import Path

from comparisons.harness.check import graph, terminal
from comparisons.harness.check.report import MARKS, Report
from comparisons.harness.report import code, language, pages
from comparisons.harness.runs.jobs import write_atomically
from reference_numpy.models.layout import ROW


def write(report: Report, folder: Path) -> Path:
    """Write `folder/check.html`, with a script in `folder/reproductions` for each reproduction.

    Returns:
        The page.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = Path(folder)
    scripts = _scripts(report)
    html = (
        pages.template_environment()
        .get_template("check.html")
        .render(
            report=report,
            drawing=report.drawing,
            rows={row.layer: row for row in report.layers},
            size=graph,
            marks=MARKS,
            height=ROW,
            columns={
                what: [(b, kind) for b in report.checked for kind in kinds]
                for what, kinds in terminal.KINDS.items()
            },
            files={text: name for name, text in scripts.items()},
            stretches={text: code.stretches(text) for text in scripts.values()},
            name=_name(report),
        )
    )
    files = pages.assets(folder / "assets")
    if known := [one for finding in report.findings for one in pages.known_in(finding.known or "")]:
        back = "check.html", language.words("check title", model=_name(report))
        files[folder / "divergences.html"] = pages.divergences_page(known, *back)
    if any(finding.convention for finding in report.findings):
        back = "check.html", language.words("check title", model=_name(report))
        files[folder / "conventions.html"] = pages.conventions_page(*back)
    files |= {folder / "reproductions" / name: text.encode() for name, text in scripts.items()}
    for path, content in {**files, folder / "check.html": html.encode()}.items():
        write_atomically(path, content)
    return folder / "check.html"


def _name(report: Report) -> str:
    file = report.model["file"]
    return Path(file).name if file else report.model["name"]


def _scripts(report: Report) -> dict[str, str]:
    """The reproductions by file name, the worst finding's first."""
    made = [finding for finding in report.findings if finding.reproduction]
    return {
        f"{number}_{_plain(finding.layer)}_{finding.backend}.py": finding.reproduction
        for number, finding in enumerate(made, start=1)
    }


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")
