"""The page of a conformance run."""

from pathlib import Path

from comparisons.harness.conformance.judging import VERDICTS
from comparisons.harness.conformance.report import Report
from comparisons.harness.report import code, language, pages
from comparisons.harness.runs.jobs import write_atomically


def write(report: Report, folder: Path) -> Path:
    """Write `folder/index.html`.

    Returns:
        The page.

    Raises:
        OSError: the folder cannot be written.
    """
    classes = {}
    for judgement in report.judgements:
        of = classes.setdefault(judgement.family, {}).setdefault(judgement.name, {})
        of[judgement.backend, judgement.dtype] = judgement.counts
    known = [one for _, row in report.differing() for one in pages.known_in(row["reason"])]
    html = (
        pages.template_environment()
        .get_template("conformance.html")
        .render(
            report=report,
            classes=classes,
            kinds=report.kinds(),
            columns=[(backend, dtype) for backend, dtype, _ in report.totals()],
            verdicts=VERDICTS,
            cited=bool(known),
            stretches=code.stretches,
            home=pages.leads_home(folder),
        )
    )
    files = pages.assets(folder / "assets") | {folder / "index.html": html.encode()}
    if known:
        back = "index.html", language.words("conformance title")
        files[folder / "divergences.html"] = pages.divergences_page(known, *back)
    for path, content in files.items():
        write_atomically(path, content)
    return folder / "index.html"
