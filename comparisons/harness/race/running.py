"""Race on every backend, one after another, each in a process of its own."""

import math
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from comparisons.harness.race import racing
from comparisons.harness.race.racing import HELD_OUT, MEASURED, Task
from comparisons.harness.race.recipe import Recipe
from comparisons.harness.race.report import Report, Row
from comparisons.harness.runs import estimates, runner
from comparisons.harness.runs.environment import machine
from comparisons.harness.runs.workers import Column, JobFailed

RECIPE = Recipe()
IMAGES = 60_000  # to train on
EPOCH_SECONDS = 30.0  # on two cores, about
SEVERAL = "keras-jax"  # the column that several devices share a batch on


def run(
    backends: Sequence[str] | None,
    target: float,
    seeds: int,
    epochs: int,
    device: str,
    devices: int,
    precision: str,
    images: int | None,
    validation: bool,
    tell: Callable[[estimates.Status], None] = lambda status: None,
) -> Report:
    """Train to an accuracy as fast as it goes, from several seeds.

    Args:
        backends: those that race; None or none for all that are installed.
        target: the accuracy to reach.
        seeds: number of runs.
        epochs: allowed.
        device: `"auto"`, `"cpu"` or `"gpu"`.
        devices: how many share each batch.
        precision: Keras's dtype policy.
        images: to train on; None for all.
        validation: whether to measure on held-out training images.
        tell: called with where the race stands.

    Raises:
        ValueError: an unknown backend, a number that cannot be, or no backend that can race.
    """
    columns, missing = _columns(backends, devices)
    most = IMAGES - HELD_OUT * validation
    images = most if images is None else images
    if not RECIPE.batch_size <= images <= most:
        raise ValueError(f"--images: expected {RECIPE.batch_size} to {most}, got {images}")
    if math.gcd(RECIPE.batch_size, MEASURED) % devices:
        raise ValueError(
            f"--devices: expected a number that parts batches of {RECIPE.batch_size} and of "
            f"{MEASURED} images evenly, got {devices}"
        )
    task = Task(RECIPE, target, epochs, precision, devices, images, validation)
    jobs = [(column, seed) for column in columns for seed in (None, *range(seeds))]
    expected = EPOCH_SECONDS * images / IMAGES
    seconds = {job: expected * (1 if job[1] is None else epochs) for job in jobs}
    clock = estimates.Clock(seconds, 0, tell)
    rows, failed = [], {}
    with tempfile.TemporaryDirectory() as logs:
        for column in columns:
            try:
                rows.append(_race(column, task, device, seeds, Path(logs), clock))
            except JobFailed as failure:
                failed[column] = failure.reason
    if not rows:
        raise ValueError("; ".join(failed.values()))
    settings = {
        "target": target,
        "epochs": epochs,
        "seeds": seeds,
        "devices": devices,
        "precision": precision,
        "images": images,
        "batch_size": RECIPE.batch_size,
        "measured": f"{HELD_OUT:,} held-out images" if validation else "the test images",
    }
    return Report(machine(), settings, missing, failed, rows)


def _columns(wanted: Sequence[str] | None, devices: int) -> tuple[list[str], dict[str, str]]:
    """Those that race, and why others cannot."""
    if devices > 1 and not wanted:
        wanted = [SEVERAL]
    columns, missing = runner.keras_columns(
        list(wanted or []), "name a backend to race; NumPy trains in `run`"
    )
    if devices > 1 and columns != [SEVERAL]:
        raise ValueError("--devices: several devices share a batch on JAX alone; --backends jax")
    return columns, missing


def _race(
    name: str, task: Task, device: str, seeds: int, logs: Path, clock: estimates.Clock
) -> Row:
    """All runs of a backend. Raises JobFailed."""
    # Without a GPU the processor counts as so many devices.
    settings = {"JAX_NUM_CPU_DEVICES": str(task.devices)}
    column, runs = Column(name, device, logs / f"{name}.log", settings=settings), []
    try:
        with clock.doing((name, None), f"{name}: transfer and compilation"):
            column.answer()
            column.send(racing.prepare, task)
            found = column.answer()
        for seed in range(seeds):
            with clock.doing((name, seed), f"{name}, seed {seed}") as progress:
                column.send(racing.race, task, seed)
                runs.append(column.answer(progress))
    finally:
        column.stop()
    usual = float(np.median([run["seconds"][0] for run in runs]))
    return Row(
        name,
        *(found[key] for key in ("device", "device_name", "precision", "transfer_seconds")),
        compile_seconds=max(0.0, found["first_seconds"] - usual),
        runs=runs,
    )
