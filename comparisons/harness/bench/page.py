"""The page of a bench: bars and a table for each phase, curves for each sweep."""

from pathlib import Path

import pandas as pd

from comparisons.harness.bench.models import SWEEPS
from comparisons.harness.bench.report import Report, by_model, fastest_keras
from comparisons.harness.drawing import figures, palette
from comparisons.harness.report import pages
from comparisons.harness.report.pictures import Picture, picture
from comparisons.harness.runs.jobs import write_atomically
from comparisons.harness.words import WORDS


def write(report: Report, folder: Path) -> Path:
    """Write `folder/index.html`, and its charts as files.

    Returns:
        The page.

    Raises:
        OSError: the folder cannot be written.
    """
    phases = report.settings["phases"]
    bars = {phase: drawn for phase in phases if (drawn := _bars(report, phase))}
    curves = [
        drawn for phase in phases for sweep in SWEEPS if (drawn := _curves(report, phase, sweep))
    ]
    html = (
        pages.template_environment()
        .get_template("bench.html")
        .render(
            report=report,
            by_model=by_model,
            bars=bars,
            curves=curves,
            home=pages.leads_home(folder),
        )
    )
    files = pages.assets(folder / "assets") | {folder / "index.html": html.encode()}
    files |= {folder / drawn.file_name: drawn.static() for drawn in (*bars.values(), *curves)}
    for path, content in files.items():
        write_atomically(path, content)
    return folder / "index.html"


def _bars(report: Report, phase: str) -> Picture | None:
    """Every implementation's time by model, in times of Keras's fastest."""
    data = {}
    for model, rows in by_model(report.of(phase)).items():
        fastest = fastest_keras(rows)
        if fastest:
            data[model] = {
                name: [row.milliseconds / fastest] for name, row in rows.items() if row.milliseconds
            }
    if not data:
        return None
    chart = figures.bars(data, x_title=WORDS["relative to the fastest"])
    columns = palette.in_order(report.implementations)
    title, caption = WORDS[f"phase {phase}"], WORDS["bars caption"]
    return picture(phase, title, chart, columns, caption)


def _curves(report: Report, phase: str, sweep: str) -> Picture | None:
    """The time by size, both axes in powers."""
    measured = [row for row in report.of(phase, sweep) if row.milliseconds]
    if not measured:
        return None
    table = pd.DataFrame(
        [
            {"x": row.size, "y": row.milliseconds, "implementation": row.implementation}
            for row in measured
        ]
    )
    chart = figures.lines(
        table, x_title=WORDS[f"axis {sweep}"], y_title=WORDS["milliseconds"], log="xy"
    )
    columns = palette.in_order(report.implementations)
    caption = WORDS[f"sweep {sweep} note"]
    return picture(f"{sweep}-{phase}", WORDS[f"sweep {sweep}"], chart, columns, caption)
