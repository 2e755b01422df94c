"""What a worker does with a job: check, demonstrate, train or run the baselines."""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from comparisons.harness import backends, catalogue, concept, environment, model_checks, training
from comparisons.harness.concept import Settings
from comparisons.harness.environment import BLAS_THREADS
from comparisons.harness.jobs import Job


class Worker:
    """One column's process: its framework is loaded once, for all its jobs.

    Raises:
        RuntimeError: where `device` is `"gpu"` and the framework sees none.
    """

    def __init__(self, implementation: str, device: str):
        self.implementation = implementation
        self.backend, self.device = None, "cpu"
        if implementation == "numpy":
            # Products of this size gain little from a second thread, and lose much on a busy
            # machine.
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

    def run(self, job: Job, settings: Settings) -> tuple[dict, dict]:
        """The job's result: plain values, and arrays."""
        declared = catalogue.load(job.concept)
        start = time.perf_counter()
        arrays = {}
        if job.action == "check":
            payload = {"checks": self.check(job, declared, settings)}
        elif job.action == "demonstrate":
            arrays = self.demonstrate(job, declared)
            payload = {}
        elif job.action == "train":
            payload = {"runs": self.train(job, declared, settings)}
        else:
            payload = {"baselines": declared.task.baselines(settings)}
        seconds = time.perf_counter() - start
        return {**payload, "column": self.describe(), "seconds": seconds}, arrays

    def check(self, job: Job, declared: concept.Concept, settings: Settings) -> list[dict]:
        """The records of this column: the NumPy half's against calculus, Keras's against it.

        Keras is proven on the CPU wherever it trains: a GPU may round its products to TF32.
        """
        if self.backend is None:
            return model_checks.check_calculus(job.concept, declared.task, settings)
        with self.backend.on_device("cpu"):
            return model_checks.check(
                job.concept, declared, self.implementation, self.backend, settings
            )

    def demonstrate(self, job: Job, declared: concept.Concept) -> dict[str, np.ndarray]:
        """The named arrays that this half's function returns."""
        demonstration = next(d for d in declared.demonstrations if d.function == job.part)
        arguments = demonstration.arguments(job.seed)
        if self.backend is None:
            found = demonstration.run_reference(job.concept, arguments)
        else:
            with self.backend.on_device("cpu"):
                found = demonstration.run_keras(job.concept, arguments, self.backend)
        return {name: np.asarray(value) for name, value in found.items()}

    def train(self, job: Job, declared: concept.Concept, settings: Settings) -> list[dict]:
        """The records of one variant and seed."""
        if self.backend is None:
            half = training.NumpyHalf(job.concept)
            found = training.train(declared, half, job.part, job.seed, settings)
        else:
            half = training.KerasHalf(job.concept, self.backend, self.device)
            with self.backend.on_device(self.device):
                found = training.train(declared, half, job.part, job.seed, settings)
        column = {"implementation": self.implementation, "seed": job.seed}
        return [{**column, **record} for record in found]
