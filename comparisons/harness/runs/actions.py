"""What a worker does with a job: check, demonstrate, train or run the baselines."""

import time

import numpy as np

from comparisons.harness import catalogue, training
from comparisons.harness.concept import Concept, Settings
from comparisons.harness.execution import Execution, executing
from comparisons.harness.proof import ladder
from comparisons.harness.runs.jobs import Job
from comparisons.harness.runs.worker import Worker


def run(worker: Worker, job: Job, settings: Settings, progress=None) -> tuple[dict, dict]:
    """The job's result: plain values, and arrays.

    Args:
        progress: called with the epochs that a training job has done, or the splits on which the
            baselines are, and their number.
    """
    declared = catalogue.declared(job.concept, settings)
    start = time.perf_counter()
    payload, arrays = {}, {}
    if job.action == "check":
        payload = check(worker, job, declared, settings)
    elif job.action == "demonstrate":
        arrays = demonstrate(worker, job, declared)
    elif job.action == "train":
        payload["runs"], arrays = train(worker, job, declared, settings, progress)
    else:
        payload["baselines"] = declared.task.baselines(settings, progress)
    seconds = time.perf_counter() - start
    # What is no training is computed in float32, whatever is asked for.
    execution = settings.execution if job.action == "train" else Execution()
    column = worker.describe(execution.precision)
    return {**payload, "column": column, "seconds": seconds}, arrays


def check(worker: Worker, job: Job, declared: Concept, settings: Settings) -> dict:
    """The records of this column: the NumPy half's by itself, Keras's against it."""
    if worker.backend is None:
        return {"checks": ladder.check_by_itself(job.concept, declared, settings)}
    checks, library = ladder.check(
        job.concept, declared, worker.implementation, worker.backend, settings
    )
    return {"checks": checks, "library": library}


def demonstrate(worker: Worker, job: Job, declared: Concept) -> dict[str, np.ndarray]:
    """The named arrays that this half's function returns."""
    demonstration = next(d for d in declared.demonstrations if d.function == job.part)
    arguments = demonstration.arguments(job.seed)
    if worker.backend is None:
        found = demonstration.run(catalogue.reference_half(job.concept), arguments, job.seed)
    else:
        half = catalogue.keras_half(job.concept)
        with worker.backend.on_device("cpu"):
            found = demonstration.run(half, arguments, job.seed, worker.backend)
    if demonstration.judged:
        found = found | demonstration.judged(arguments, found)
    return {name: np.asarray(value) for name, value in found.items()}


def train(
    worker: Worker, job: Job, declared: Concept, settings: Settings, progress=None
) -> tuple[list[dict], dict]:
    """The records of one variant and seed, and what the concept keeps of the model."""
    arguments = (job.part, job.seed, settings, progress)
    if worker.backend is None:
        half = training.NumpyHalf(job.concept)
        found, kept = training.train(declared, half, *arguments)
    else:
        half = training.KerasHalf(job.concept, worker.backend, worker.device)
        how = executing(worker.backend, settings.execution)
        with worker.backend.on_device(worker.device), how:
            found, kept = training.train(declared, half, *arguments)
    column = {"implementation": worker.implementation, "seed": job.seed}
    return [{**column, **record} for record in found], kept
