"""Run concepts: plan the jobs, skip those that are done, run the rest, gather the results."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from comparisons.harness import backends, concept, environment, jobs, results, workers
from comparisons.harness.concept import Settings


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


def run(
    names: list[str],
    settings: Settings,
    wanted: list[str] | None,
    out: Path,
    fresh: bool = False,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> list[results.Result]:
    """Run the concepts and write `out/NAME/result.json` for each.

    Args:
        names: the concepts, in order.
        settings: size, seeds, device, data.
        wanted: backends asked for, None for all that are installed.
        out: folder of the results.
        fresh: run every job again, also those that are done.
        progress: called with what is under way, jobs done and jobs in all.

    Raises:
        ValueError: unknown concept or backend, an option that the concept does not have.
        WorkerError: a column cannot run.
        OSError: `out` cannot be written.
    """
    concepts = {name: concept.load(name) for name in names}
    if settings.csv:
        for name, declared in concepts.items():
            if not declared.takes_csv:
                raise ValueError(f"--csv: the concept '{name}' takes no file of your own")
    columns, missing = available(wanted)
    plans = {name: jobs.plan(name, c, columns, settings) for name, c in concepts.items()}
    total, done = sum(map(len, plans.values())), 0
    found = []
    with workers.Pool(settings, out / "logs") as pool:
        if settings.device == "gpu":
            for column in columns:
                pool.start(column)
        for name, declared in concepts.items():
            folder = out / name / "jobs"
            finished = []
            for job in plans[name]:
                progress(_describe(job), done, total)
                mark = jobs.fingerprint(job, settings)
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
                    {**described, **missing},
                    asdict(settings),
                    finished,
                )
            )
        progress("done", done, total)
    return found


def _describe(job: jobs.Job) -> str:
    words = {
        "check": "proving",
        "demonstrate": "computing",
        "train": "training",
        "baseline": "baselines",
    }
    part = f" {job.part}" if job.part not in ("", "model") else ""
    seed = f", seed {job.seed}" if job.action == "train" else ""
    return f"{job.concept}: {words[job.action]}{part} ({job.implementation}{seed})"
