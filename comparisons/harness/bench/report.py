"""What a run gave: a row for each model, phase and implementation, the ceilings, the settings."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class Row:
    """A model in a phase on an implementation.

    Args:
        model: its name; of a point of a sweep that with its size.
        sweep, size: of such a point; else `""` and None.
        cores: how many the process may use.
        setting: the best of those that were tried.
        threads: how many compute.
        milliseconds: the median of a training step, of a predicted batch, or of an epoch; None
            where it could not be measured, for a `reason`.
        spread: the quartiles.
        floor_milliseconds: what the machine's ceilings leave.
        first_call_milliseconds: of the call in which a framework compiles.
        peak_memory_bytes: of the process, with the framework and the samples.
        data_bytes: of the samples.
    """

    model: str
    sweep: str
    size: int | None
    implementation: str
    cores: int
    phase: str
    setting: str = ""
    threads: int | None = None
    milliseconds: float | None = None
    spread: tuple[float, float] | None = None
    floor_milliseconds: float | None = None
    first_call_milliseconds: float | None = None
    peak_memory_bytes: int | None = None
    data_bytes: int | None = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """The share of the floor that is reached: 1 where nothing is left to gain."""
        return self.milliseconds and self.floor_milliseconds / self.milliseconds


@dataclass(frozen=True)
class Report:
    """A run.

    Args:
        environment: machine and versions.
        settings: cores, repeats, phases.
        missing: columns that did not run, and why.
        start_up: seconds until an implementation is imported.
        ceilings: multiplications and copied bytes a second.
        tries: the settings that were tried.
        rows: in the order of models, phases and implementations.
    """

    environment: dict
    settings: dict
    missing: dict[str, str]
    start_up: dict[str, float]
    ceilings: dict[str, float]
    tries: list[dict]
    rows: list[Row]

    @property
    def implementations(self) -> list[str]:
        """Those that have rows."""
        return list(dict.fromkeys(row.implementation for row in self.rows))

    @property
    def gigaflops(self) -> float:
        """Of a matrix product, each multiplication with its addition."""
        return 2 * self.ceilings["multiplications"] / 1e9

    def of(self, phase: str, sweep: str = "") -> list[Row]:
        """The rows of a phase that belong to a sweep, or to none."""
        return [row for row in self.rows if (row.phase, row.sweep) == (phase, sweep)]

    def as_dict(self) -> dict:
        """What `--json` writes."""
        return {**vars(self), "rows": [vars(row) for row in self.rows]}


def by_model(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """The rows by model, and then by implementation."""
    found = {}
    for row in rows:
        found.setdefault(row.model, {})[row.implementation] = row
    return found


def fastest_keras(rows: dict[str, Row]) -> float | None:
    """Milliseconds of the fastest column of Keras; None where none was measured."""
    keras = (row for name, row in rows.items() if name.startswith("keras-"))
    return min((row.milliseconds for row in keras if row.milliseconds), default=None)
