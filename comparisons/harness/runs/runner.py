"""Run concepts: plan the jobs, skip those that are done, run the rest, gather the results."""

import contextlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from comparisons.harness import backends, catalogue
from comparisons.harness.concept import Concept, Settings
from comparisons.harness.execution import Execution
from comparisons.harness.proof.precision import PINNED
from comparisons.harness.runs import (
    cluster,
    environment,
    estimates,
    fingerprints,
    halves,
    jobs,
    results,
    workers,
)
from comparisons.harness.runs.crew import Crew, cores
from comparisons.harness.runs.estimates import Status
from comparisons.harness.runs.fingerprints import Fingerprints
from comparisons.harness.runs.jobs import Job

DEVICES = ("auto", "cpu", "gpu")


def available(wanted: list[str] | None) -> tuple[list[str], dict[str, dict]]:
    """The implementations that can run, and a `{"missing": reason}` for those that cannot.

    The NumPy column always runs. Without a wish every backend that is installed is a column.
    Raises ValueError for an unknown backend, and where none of those asked for is installed.
    """
    names = backends.IMPLEMENTATIONS
    if wanted:
        names = list(dict.fromkeys(["numpy", *map(backends.implementation, wanted)]))
    reasons = {name: backends.missing(name) for name in names}
    missing = {name: {"missing": reason} for name, reason in reasons.items() if reason}
    columns = [name for name in names if name not in missing]
    if wanted and columns == ["numpy"] and missing:
        raise ValueError("; ".join(column["missing"] for column in missing.values()))
    return columns, missing


def keras_columns(
    wanted: list[str], if_none: str = "name a backend of Keras: tensorflow, jax or torch"
) -> tuple[list[str], dict[str, str]]:
    """The Keras columns that can run, and why others cannot.

    Raises ValueError as `available` does, and where no backend is installed: with why, or with
    what `if_none` says to do.
    """
    columns, missing = available(wanted)
    columns.remove("numpy")
    reasons = {name: found["missing"] for name, found in missing.items()}
    if not columns:
        raise ValueError("; ".join(reasons.values()) or if_none)
    return columns, reasons


@dataclass(frozen=True)
class Plan:
    """A run that has been looked over: nothing in it is unknown, missing or out of place."""

    concepts: dict[str, Concept]
    settings: Settings
    columns: list[str]
    missing: dict[str, dict]
    jobs: dict[str, list[Job]]
    workers: int = 1
    on_cluster: bool = False


def plan(
    names: list[str],
    settings: Settings,
    wanted: list[str] | None,
    workers: int | None = None,
    address: str | None = None,
    tell: Callable[[str], None] = lambda what: None,
) -> Plan:
    """Look over what a person asked for, before anything is run or written.

    Args:
        names: the concepts, in order.
        settings: size, seeds, device, execution, data.
        wanted: backends asked for, None or empty for all that are installed.
        workers: how many jobs are to run side by side; None for one, on a cluster one a CPU.
        address: of the Ray cluster on which they are to run; None for this machine.
        tell: called with what is looked at next in a file of the person's own.

    Raises:
        ValueError: unknown concept or backend, a concept whose halves lack what it names, an
            option that a concept or the chosen columns do not have, a file of one's own that
            cannot be used, a cluster that does not answer.
    """
    concepts = {name: catalogue.declared(name, settings) for name in names}
    for name, declared in concepts.items():
        halves.look_over(name, declared)
    for option in ("seeds", "epochs"):
        number = getattr(settings, option)
        if number is not None and number < 1:
            raise ValueError(f"{option}: expected a whole number from 1, got {number}")
    if settings.device not in DEVICES:
        raise ValueError(f"device: expected one of {', '.join(DEVICES)}, got {settings.device!r}")
    columns, missing = available(wanted)
    if settings.device == "gpu" and columns == ["numpy"]:
        raise ValueError("--device gpu: the NumPy column runs on the CPU alone; name a backend")
    columns, refused = _executing(columns, concepts, settings.execution)
    if settings.encoding and not settings.csv:
        raise ValueError("--encoding: tells how a file of your own is written; name it with --csv")
    if settings.csv:
        for name, declared in concepts.items():
            if declared.look_over_csv is None:
                raise ValueError(f"--csv: the concept '{name}' takes no file of your own")
            declared.look_over_csv(settings, tell)
    planned = {name: jobs.plan(name, c, columns, settings) for name, c in concepts.items()}
    workers = _number_of_workers(workers, address)
    return Plan(concepts, settings, columns, missing | refused, planned, workers, bool(address))


def _executing(
    columns: list[str], concepts: dict[str, Concept], execution: Execution
) -> tuple[list[str], dict[str, dict]]:
    """The columns that train as asked, and a `{"missing": reason}` for those that cannot.

    Raises:
        ValueError: nothing would change, or a concept cannot be trained so.
    """
    execution.look_over()
    asked = execution.words()
    if not asked:
        return columns, {}
    tasks = {name: concept.task for name, concept in concepts.items() if concept.task}
    if not tasks:
        raise ValueError(f"{asked[0]}: none of the concepts trains a model")
    for name, task in tasks.items():
        if task.train and execution.steps_per_execution > 1:
            raise ValueError(
                f"--steps-per-execution: the concept '{name}' trains by a loop of its own, one "
                "step at a time"
            )
    reasons = {column: execution.refused_by(column) for column in columns}
    refused = {column: {"missing": reason} for column, reason in reasons.items() if reason}
    left = [column for column in columns if column not in refused]
    if left == ["numpy"]:
        alone = "the NumPy column trains in float32, a step at a time; name a backend"
        why = "; ".join(column["missing"] for column in refused.values())
        raise ValueError(f"{asked[0]}: {why or alone}")
    return left, refused


def _number_of_workers(asked: int | None, address: str | None) -> int:
    most = cluster.connect(address) if address else len(cores())
    number = asked or (most if address else 1)
    if not 1 <= number <= most:
        one = "CPU of the cluster" if address else "core that it may use"
        possible = f"1 to {most}" if most > 1 else "1"
        raise ValueError(f"--workers: expected {possible}, one a {one}, got {number}")
    return number


@dataclass
class Step:
    """One job of a run.

    Args:
        about: its fingerprint, and the choices that change its result.
        found: what it gave, None until it is done.
        seconds: how long it is expected to take.
        timed: whether it runs alone, since it reports how long something takes.
        failure: why it could not be done, in one line; else `""`.
    """

    job: Job
    about: dict
    found: dict | None
    seconds: float
    timed: bool
    failure: str = ""


def run(
    plan: Plan,
    out: Path,
    fresh: bool = False,
    tell: Callable[[Status], None] = lambda status: None,
) -> list[results.Result]:
    """Run the plan and write `out/NAME/result.json` for each concept.

    A job that fails twice is written down as failed, and the others go on.
    With several workers all that is not timed is done first, and each `result.json` is written once
    its concept's timed jobs are done; a run that was interrupted goes on from the jobs' files.

    Args:
        out: folder of the results.
        fresh: run every job again, also those that are done.
        tell: called with where the run stands.

    Raises:
        WorkerError: a column cannot start.
        OSError: `out` cannot be written.
    """
    prints = Fingerprints()
    steps = {n: look_up(plan, n, out / n / "jobs", prints, fresh) for n in plan.concepts}
    pending = [step for found in steps.values() for step in found if step.found is None]
    expected = {step.job: step.seconds for step in pending}
    for job in {job.implementation: job for job in reversed(expected)}.values():
        expected[job] += estimates.START_SECONDS
    done = sum(map(len, steps.values())) - len(pending)
    timed = {step.job for step in pending if step.timed}
    clock = estimates.Clock(expected, done, tell, plan.workers, timed)
    gathered = []
    with Crew(plan.settings, out / "logs", plan.workers, plan.on_cluster) as crew:
        if plan.settings.device == "gpu":  # a machine without one is told before any job
            for column in dict.fromkeys(step.job.implementation for step in pending):
                with contextlib.suppress(workers.JobFailed):  # its first job tries again
                    crew.alone.start(column)
        if crew.beside:  # over the borders of concepts, so that none waits for another's last job
            work = [
                (out / name / "jobs", step)
                for name, found in steps.items()
                for step in found
                if step.found is None and not step.timed
            ]
            crew.side_by_side(lambda item, pool: _do(*item, pool, crew, clock), work)
        for name, found in steps.items():
            for step in found:
                if step.found is None and not step.failure:
                    _do(out / name / "jobs", step, crew.alone, crew, clock)
            gathered.append(_gather(plan, name, out / name, found))
    return gathered


def look_up(plan: Plan, name: str, folder: Path, prints: Fingerprints, fresh: bool) -> list[Step]:
    """The concept's jobs, and what of them is done already."""
    concept, steps = plan.concepts[name], []
    for job in plan.jobs[name]:
        choices = fingerprints.choices(job, concept, plan.settings)
        mark = prints.of(job, concept, plan.settings)
        found = None if fresh else jobs.read_job(folder, job, mark)
        seconds = estimates.seconds(job, concept, plan.settings, folder, choices)
        timed = jobs.is_timed(job, concept)
        steps.append(Step(job, {"fingerprint": mark, "choices": choices}, found, seconds, timed))
    return steps


def _do(folder: Path, step: Step, pool: workers.Pool, crew: Crew, clock: estimates.Clock) -> None:
    """Do a job, and write down what it gave, or that it failed."""
    unit = "splits" if step.job.action == "baseline" else "epochs"
    with clock.doing(step.job, describe(step.job), unit) as progress:
        try:
            step.found, arrays = pool.run(step.job, progress)
        except workers.JobFailed as failure:
            jobs.remove_job(folder, step.job)
            step.failure = str(failure)
            return
        for run in step.found.get("runs", []):
            run["alone"] = pool is crew.alone
        jobs.write_job(folder, step.job, step.about, step.found, arrays)


def _gather(plan: Plan, name: str, folder: Path, steps: list[Step]) -> results.Result:
    finished = [(step.job, step.found) for step in steps if step.found is not None]
    failed = [step for step in steps if step.failure]
    lost = {step.job.implementation: {"missing": step.failure} for step in failed}
    described = {job.implementation: found["column"] for job, found in finished}
    return results.gather(
        name,
        plan.concepts[name],
        folder,
        {**environment.machine(), "workers": plan.workers, "proof": PINNED},
        {**plan.missing, **lost, **described},
        asdict(plan.settings),
        finished,
        [{"job": asdict(step.job), "reason": step.failure} for step in failed],
    )


def describe(job: Job) -> str:
    """The job in words."""
    words = {
        "check": "proving",
        "demonstrate": "computing",
        "train": "training",
        "baseline": "baselines",
    }
    part = f" {job.part}" if job.part not in ("", "model") else ""
    seed = f", seed {job.seed}" if job.action in ("train", "demonstrate") else ""
    return f"{job.concept}: {words[job.action]}{part} ({job.implementation}{seed})"
