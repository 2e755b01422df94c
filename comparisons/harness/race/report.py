"""What a race gave: a row for each backend, with every run."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Row:
    """A backend.

    Args:
        implementation: its column.
        device, device_name, precision: on what it ran.
        transfer_seconds: to place the data on the device.
        compile_seconds: of the first epoch and measuring, what is beyond those of a run.
        runs: by seed, the `accuracies` after each epoch, the `seconds` since the start then,
            `images_per_second` of the training alone, and `device_memory_bytes`, the peak so far
            on a GPU.
    """

    implementation: str
    device: str
    device_name: str
    precision: str
    transfer_seconds: float
    compile_seconds: float
    runs: list[dict]

    def reached(self, target: float) -> list[dict]:
        """The runs that came to the target."""
        return [run for run in self.runs if run["accuracies"][-1] >= target]

    def seconds(self, target: float) -> list[float] | None:
        """Quartiles of the seconds to the target, over the runs that came to it."""
        taken = [run["seconds"][-1] for run in self.reached(target)]
        return np.quantile(taken, [0.25, 0.5, 0.75]).tolist() if taken else None

    def middle(self, key: str) -> float | None:
        """The median of the runs."""
        found = [run[key] for run in self.runs]
        return None if None in found else float(np.median(found))


@dataclass(frozen=True)
class Report:
    """A race.

    Args:
        environment: machine and versions.
        settings: target, epochs, seeds, devices, precision, the images and the batch.
        missing: columns that are not installed, and why.
        failed: columns that could not race to the end, and why.
        rows: in the order of backends.
    """

    environment: dict
    settings: dict
    missing: dict[str, str]
    failed: dict[str, str]
    rows: list[Row]

    @property
    def holds(self) -> bool:
        """Whether every run of every backend that is installed came to the target."""
        target = self.settings["target"]
        short = any(len(row.reached(target)) < len(row.runs) for row in self.rows)
        return not (self.failed or short)

    def as_dict(self) -> dict:
        """What `--json` prints."""
        target = self.settings["target"]
        rows = [
            {
                **vars(row),
                "reached": len(row.reached(target)),
                "seconds_to_target": row.seconds(target),
                "images_per_second": row.middle("images_per_second"),
                "device_memory_bytes": row.middle("device_memory_bytes"),
            }
            for row in self.rows
        ]
        return {**vars(self), "rows": rows}
