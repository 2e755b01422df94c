"""The report in a terminal: seconds to the target by backend, and what did not come to it."""

from comparisons.harness.race.report import Report, Row
from comparisons.harness.report.formats import NONE, aligned, digits

HEADING = ("", "seconds", "quartiles", "reached", "epochs", "accuracy", "images/s", "compiling")
HEADING = [*HEADING, "transfer", "GPU memory"]


def lines(report: Report) -> list[str]:
    """The report, line by line."""
    how, machine = report.settings, report.environment
    versions = (f"{name} {version}" for name, version in machine["versions"].items() if version)
    return [
        f"MNIST, {how['images']:,} images in batches of {how['batch_size']}, "
        f"{share(how['target'])} of {how['measured']} in at most {how['epochs']} epochs; "
        f"{how['precision']}, seeds {how['seeds']}, devices {how['devices']}",
        f"{machine['processor']}, cores {machine['cores']}; {', '.join(versions)}",
        *(f"{name}: {reason}" for name, reason in (report.missing | report.failed).items()),
        "",
        *aligned([HEADING, *(_cells(row, how["target"]) for row in report.rows)]),
        "",
        "Seconds from the first step until the accuracy is known, each epoch's measuring with "
        "them; compiling (seconds too) and the transfer of the data are apart.",
        *(
            f"{row.implementation} on {row.device.upper()}: {row.device_name}; {row.precision}"
            for row in report.rows
        ),
        *(line for row in report.rows for line in _short(row, how)),
    ]


def _cells(row: Row, target: float) -> list[str]:
    reached, quartiles = row.reached(target), row.seconds(target)
    low, middle, high = quartiles or (None, None, None)
    last = sorted(run["accuracies"][-1] for run in row.runs)
    memory = row.middle("device_memory_bytes")
    return [
        row.implementation,
        digits(middle),
        f"{digits(low)} to {digits(high)}" if reached else NONE,
        f"{len(reached)} of {len(row.runs)}",
        "/".join(str(n) for n in sorted({len(run["accuracies"]) for run in row.runs})),
        f"{100 * last[0]:.2f} to {share(last[-1])}",
        digits(row.middle("images_per_second")),
        digits(row.compile_seconds),
        digits(row.transfer_seconds),
        NONE if memory is None else f"{memory / 1e6:,.0f} MB",
    ]


def _short(row: Row, how: dict) -> list[str]:
    """The runs that did not come to the target."""
    return [
        f"{row.implementation}, seed {run['seed']}: {share(run['accuracies'][-1])} after "
        f"{len(run['accuracies'])} epochs, short of {share(how['target'])}"
        for run in row.runs
        if run["accuracies"][-1] < how["target"]
    ]


def share(value: float) -> str:
    """A share in percent, 98.97 %, with as many places as say what it is."""
    return f"{100 * value:.2f} %"
