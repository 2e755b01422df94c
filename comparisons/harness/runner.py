"""Run concepts: plan the jobs, skip those that are done, run the rest, gather the results."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from comparisons.harness import backends, catalogue, environment, jobs, results, workers
from comparisons.harness.concept import Concept, Settings
from comparisons.harness.jobs import Job


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


@dataclass(frozen=True)
class Plan:
    """A run that has been looked over: nothing in it is unknown, missing or out of place."""

    concepts: dict[str, Concept]
    settings: Settings
    columns: list[str]
    missing: dict[str, dict]
    jobs: dict[str, list[Job]]


def plan(names: list[str], settings: Settings, wanted: list[str] | None) -> Plan:
    """Look over what a person asked for, before anything is run or written.

    Args:
        names: the concepts, in order.
        settings: size, seeds, device, data.
        wanted: backends asked for, None or empty for all that are installed.

    Raises:
        ValueError: unknown concept or backend, an option that a concept or the chosen columns do
            not have, a file of one's own that cannot be used.
    """
    concepts = {name: catalogue.load(name) for name in names}
    columns, missing = available(wanted)
    if settings.device == "gpu" and columns == ["numpy"]:
        raise ValueError("--device gpu: the NumPy column runs on the CPU alone; name a backend")
    if settings.csv:
        for name, declared in concepts.items():
            if not declared.takes_csv:
                raise ValueError(f"--csv: the concept '{name}' takes no file of your own")
            declared.task.data(settings, 0)
    planned = {name: jobs.plan(name, c, columns, settings) for name, c in concepts.items()}
    return Plan(concepts, settings, columns, missing, planned)


def run(
    plan: Plan,
    out: Path,
    fresh: bool = False,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> list[results.Result]:
    """Run the plan and write `out/NAME/result.json` for each concept.

    Args:
        out: folder of the results.
        fresh: run every job again, also those that are done.
        progress: called with what is under way, jobs done and jobs in all.

    Raises:
        WorkerError: a column cannot run.
        OSError: `out` cannot be written.
    """
    total, done, found = sum(map(len, plan.jobs.values())), 0, []
    with workers.Pool(plan.settings, out / "logs") as pool:
        if plan.settings.device == "gpu":
            for column in plan.columns:
                pool.start(column)
        for name, declared in plan.concepts.items():
            folder = out / name / "jobs"
            finished = []
            for job in plan.jobs[name]:
                progress(_describe(job), done, total)
                mark = jobs.fingerprint(job, plan.settings)
                payload = None if fresh else jobs.read_job(folder, job, mark)
                finished.append((job, payload or pool.run(job, folder, mark)))
                done += 1
            described = {job.implementation: payload["column"] for job, payload in finished}
            found.append(
                results.gather(
                    name,
                    declared,
                    out / name,
                    environment.machine(),
                    {**described, **plan.missing},
                    asdict(plan.settings),
                    finished,
                )
            )
        progress("done", done, total)
    return found


def _describe(job: Job) -> str:
    words = {
        "check": "proving",
        "demonstrate": "computing",
        "train": "training",
        "baseline": "baselines",
    }
    part = f" {job.part}" if job.part not in ("", "model") else ""
    seed = f", seed {job.seed}" if job.action == "train" else ""
    return f"{job.concept}: {words[job.action]}{part} ({job.implementation}{seed})"
