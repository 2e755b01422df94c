"""The report in a terminal: milliseconds by model and implementation, and the settings."""

from comparisons.harness.bench.models import SWEEPS
from comparisons.harness.bench.report import Report, Row, by_model, fastest_keras
from comparisons.harness.report.formats import aligned, digits


def lines(report: Report) -> list[str]:
    """The report, line by line."""
    how, machine = report.settings, report.environment
    versions = (f"{name} {version}" for name, version in machine["versions"].items() if version)
    found = [
        f"{machine['processor']}, {how['cores']} core{'s' * (how['cores'] > 1)}; milliseconds, "
        f"median of {how['repeats']}",
        ", ".join(versions),
        *(f"{name}: {reason}" for name, reason in report.missing.items()),
        f"ceilings: {report.gigaflops:.0f} GFLOP/s in a matrix product, "
        f"{report.ceilings['copied_bytes'] / 1e9:.1f} GB/s in a copy",
        "start-up, seconds: "
        + ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.start_up.items()),
    ]
    for phase in how["phases"]:
        for sweep in ("", *SWEEPS):
            groups = by_model(report.of(phase, sweep))
            if groups:
                found += ["", phase + (f", {sweep}" if sweep else ""), *_table(report, groups)]
        if settings := _settings(report, phase):
            found += ["", *settings]
    return found


def _table(report: Report, groups: dict[str, dict[str, Row]]) -> list[str]:
    columns = report.implementations
    cells = [["model", *columns, "numpy / fastest", "floor", "share"]]
    for model, rows in groups.items():
        own, fastest = rows["numpy"], fastest_keras(rows)
        ratio = fastest and own.milliseconds and own.milliseconds / fastest
        share = "–" if own.share is None else f"{100 * own.share:.0f} %"
        times = [digits(rows[name].milliseconds) if name in rows else "–" for name in columns]
        cells.append([model, *times, digits(ratio), digits(own.floor_milliseconds), share])
    return aligned(cells)


def _settings(report: Report, phase: str) -> list[str]:
    """The settings of the backends, and why a row has no time."""
    return [
        f"{row.model} on {row.implementation}: {row.reason or row.setting}"
        for row in report.rows
        if row.phase == phase and (row.reason or row.setting)
    ]
