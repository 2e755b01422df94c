"""What a worker does with a job: check, demonstrate, train or run the baselines."""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from comparisons.harness import backends, catalogue, training
from comparisons.harness.concept import Concept, Settings
from comparisons.harness.proof import ladder
from comparisons.harness.runs import environment
from comparisons.harness.runs.environment import BLAS_THREADS
from comparisons.harness.runs.jobs import Job


class Worker:
    """One column's process: its framework is loaded once, for all its jobs.

    Raises:
        RuntimeError: where `device` is `"gpu"` and the framework sees none.
    """

    def __init__(self, implementation: str, device: str):
        self.implementation = implementation
        self.backend, self.device = None, "cpu"
        # NumPy's, in every column, since the reference is computed in all of them. Products of
        # this size gain little from a second thread, and lose much on a busy machine. What a
        # framework brings along is loaded after this, and keeps its own threads.
        threadpool_limits(BLAS_THREADS)
        if implementation != "numpy":
            self.backend = backends.load(implementation)
            found = self.backend.devices()
            if device == "gpu" and not found:
                raise RuntimeError(f"--device gpu: {implementation} sees no GPU on this machine")
            self.device = "gpu" if found and device != "cpu" else "cpu"

    def describe(self) -> dict:
        """The column's device and versions, for the record of the environment."""
        return environment.column(self.implementation, self.backend, self.device)

    def run(self, job: Job, settings: Settings, progress=None) -> tuple[dict, dict]:
        """The job's result: plain values, and arrays.

        Args:
            progress: called with the epochs that a training job has done, and their number.
        """
        declared = catalogue.declared(job.concept, settings)
        start = time.perf_counter()
        payload, arrays = {}, {}
        if job.action == "check":
            payload = self.check(job, declared, settings)
        elif job.action == "demonstrate":
            arrays = self.demonstrate(job, declared)
        elif job.action == "train":
            payload["runs"], arrays = self.train(job, declared, settings, progress)
        else:
            payload["baselines"] = declared.task.baselines(settings)
        seconds = time.perf_counter() - start
        return {**payload, "column": self.describe(), "seconds": seconds}, arrays

    def check(self, job: Job, declared: Concept, settings: Settings) -> dict:
        """The records of this column: the NumPy half's by itself, Keras's against it.

        Keras is proven on the CPU wherever it trains: a GPU may round its products to TF32.
        """
        if self.backend is None:
            return {"checks": ladder.check_by_itself(job.concept, declared, settings)}
        with self.backend.on_device("cpu"):
            checks, library = ladder.check(
                job.concept, declared, self.implementation, self.backend, settings
            )
        return {"checks": checks, "library": library}

    def demonstrate(self, job: Job, declared: Concept) -> dict[str, np.ndarray]:
        """The named arrays that this half's function returns."""
        demonstration = next(d for d in declared.demonstrations if d.function == job.part)
        arguments = demonstration.arguments(job.seed)
        if self.backend is None:
            found = demonstration.run(catalogue.reference_half(job.concept), arguments, job.seed)
        else:
            half = catalogue.keras_half(job.concept)
            with self.backend.on_device("cpu"):
                found = demonstration.run(half, arguments, job.seed, self.backend)
        return {name: np.asarray(value) for name, value in found.items()}

    def train(
        self, job: Job, declared: Concept, settings: Settings, progress=None
    ) -> tuple[list[dict], dict]:
        """The records of one variant and seed, and what the concept keeps of the model."""
        arguments = (job.part, job.seed, settings, progress)
        if self.backend is None:
            half = training.NumpyHalf(job.concept)
            found, kept = training.train(declared, half, *arguments)
        else:
            half = training.KerasHalf(job.concept, self.backend, self.device)
            with self.backend.on_device(self.device):
                found, kept = training.train(declared, half, *arguments)
        column = {"implementation": self.implementation, "seed": job.seed}
        return [{**column, **record} for record in found], kept
