"""Jobs: the parts into which a run is cut, each of them one file of results.

A job's file is written under a temporary name and renamed, so that it is whole or not there. It
carries a fingerprint of everything that the result depends on; a run that was interrupted goes on
with the jobs whose files are missing or were made from something else.
"""

import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from comparisons.harness.concept import Concept, Demonstration, Settings, Task

RESULT_SCHEMA = 3


@dataclass(frozen=True)
class Job:
    """One part of a run.

    Args:
        concept: the concept's name.
        action: `"check"`, `"demonstrate"`, `"train"` or `"baseline"`.
        implementation: the column, `"numpy"` or `"keras-…"`.
        part: the variant or the demonstration, `""` where there is only one.
        seed: the seed.
    """

    concept: str
    action: str
    implementation: str
    part: str = ""
    seed: int = 0

    @property
    def file_name(self) -> str:
        """Name of the job's file, without ending."""
        part = f"-{self.part}" if self.part else ""
        return f"{self.action}-{self.implementation}{part}-{self.seed}"


def plan(name: str, concept: Concept, implementations: list[str], settings: Settings) -> list[Job]:
    """All jobs of one concept, proofs first."""
    # The NumPy half is proven by itself where it has a backward pass.
    by_itself = concept.task or any(thing.arguments for thing in concept.introduces)
    proven = [column for column in implementations if column != "numpy" or by_itself]
    jobs = [Job(name, "check", column) for column in proven]
    for demonstration in concept.demonstrations:
        own = demonstration.seeds
        jobs += [
            Job(name, "demonstrate", column, demonstration.function, seed)
            for seed in _seeds(demonstration, min(settings.seeds or own, own))
            for column in implementations
        ]
    if concept.task:
        jobs += [
            Job(name, "train", column, variant, seed)
            for seed in _seeds(concept.task, settings.seeds or concept.task.seeds)
            for variant in concept.task.variants
            for column in implementations
        ]
        if concept.task.baselines:
            jobs.append(Job(name, "baseline", "numpy"))
    return jobs


def is_timed(job: Job, concept: Concept) -> bool:
    """Whether the job reports how long something takes, so that none may run beside it.

    Of trainings it is those with the first seed, from which the speeds of a run with several
    workers are taken.
    """
    if job.action == "train":
        return job.seed == concept.task.first_seed
    return any(d.timed and d.function == job.part for d in concept.demonstrations)


def _seeds(source: Demonstration | Task, number: int) -> range:
    return range(source.first_seed, source.first_seed + number)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there. Raises OSError, which names the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        error.filename = str(path)  # a full disk's names none
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_job(folder: Path, job: Job, about: dict, payload: dict, arrays: dict) -> None:
    """Write the job's arrays, then the job's file, which makes it count as done.

    Args:
        about: the job's `"fingerprint"` and its `"choices"`.
    """
    content = {"schema": RESULT_SCHEMA, "job": asdict(job), **about, **payload}
    if arrays:
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)
        write_atomically(folder / f"{job.file_name}.npz", buffer.getvalue())
        content["arrays"] = hashlib.sha256(buffer.getvalue()).hexdigest()
    content["digest"] = _digest(content)
    write_atomically(folder / f"{job.file_name}.json", as_json(content))


def read_job(folder: Path, job: Job, mark: str) -> dict | None:
    """What the job's file holds, or None where it is missing, broken or of another fingerprint.

    So too where the arrays that belong to it are missing or broken.
    """
    content = read_any(folder, job)
    if content is None or content["fingerprint"] != mark:
        return None
    if "arrays" in content:
        try:
            arrays = (folder / f"{job.file_name}.npz").read_bytes()
        except OSError:
            return None
        if hashlib.sha256(arrays).hexdigest() != content["arrays"]:
            return None
    return content


def read_any(folder: Path, job: Job) -> dict | None:
    """What the job's file holds, whatever it was made from; None where it is no job's file.

    What somebody changed in it shows in its digest.
    """
    try:
        content = json.loads((folder / f"{job.file_name}.json").read_bytes())
        whole = isinstance(content, dict) and content.pop("digest", None) == _digest(content)
    except (OSError, ValueError, RecursionError):
        return None
    return content if whole else None


def remove_job(folder: Path, job: Job) -> None:
    """Remove what an earlier run left of the job."""
    for ending in ("json", "npz"):
        (folder / f"{job.file_name}.{ending}").unlink(missing_ok=True)


def _digest(content: dict) -> str:
    return hashlib.sha256(as_json(content)).hexdigest()


def plain(value: object) -> object:
    """What JSON has words for; numbers that it has none for (NaN, infinities) become None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def as_json(content: object) -> bytes:
    """JSON text of what is made `plain`."""
    return (json.dumps(plain(content), indent=1, ensure_ascii=False) + "\n").encode()
