"""What a column's process has for all its jobs: the framework, loaded once, and its device.

It loads nothing else, so that the memory of a process is that of the framework and of its jobs.
"""

import numpy  # noqa: F401 - its threads can be limited once it is loaded
from threadpoolctl import threadpool_limits

from comparisons.harness import backends
from comparisons.harness.runs import environment
from comparisons.harness.runs.environment import BLAS_THREADS


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

    def forget(self) -> None:
        """Let go of what the framework keeps of a job that is done."""
        if self.backend is not None:
            self.backend.forget()

    def describe(self, precision: str) -> dict:
        """The column's device, threads and precision, for the record of the environment."""
        return environment.column(self.implementation, self.backend, self.device, precision)
