"""Worker processes: one for each column, since Keras's backend is fixed in a process.

Jobs run one after another, so that one column's timing is not disturbed by another's.
"""

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from comparisons.harness.concept import Settings
from comparisons.harness.jobs import Job, write_job

_worker = None


class WorkerError(RuntimeError):
    """A column could not start or a job of it failed; one line says which and why."""


class Pool:
    """The columns' processes; each starts with its first job.

    Args:
        settings: the run's settings.
        log_folder: where the processes write what the frameworks print.
    """

    def __init__(self, settings: Settings, log_folder: Path):
        self.settings, self.log_folder = settings, log_folder
        self._executors: dict[str, ProcessPoolExecutor] = {}

    def __enter__(self) -> "Pool":
        self.log_folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *error) -> None:
        for executor in self._executors.values():
            if error[0] is not None:
                for process in list((executor._processes or {}).values()):
                    process.kill()
            # Waits in any case: Python's own clearing up at exit trips over one that still ends.
            executor.shutdown(cancel_futures=True)

    def log(self, implementation: str) -> Path:
        """The file that holds what a column's process printed."""
        return self.log_folder / f"{implementation}.log"

    def start(self, implementation: str) -> None:
        """Start a column's process if it does not run yet."""
        if implementation not in self._executors:
            self._executors[implementation] = ProcessPoolExecutor(
                max_workers=1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_quiet,
                initargs=(str(self.log(implementation)), self.settings.device),
            )
            self._submit(implementation, _start, implementation, self.settings.device)

    def run(self, job: Job, folder: Path, mark: str) -> dict:
        """Run one job in its column's process; it writes its own file."""
        self.start(job.implementation)
        return self._submit(job.implementation, _run, job, self.settings, folder, mark)

    def _submit(self, implementation: str, function: Callable, *arguments):
        try:
            return self._executors[implementation].submit(function, *arguments).result()
        except BrokenProcessPool:
            raise WorkerError(
                f"the process of {implementation} ended (out of memory?); "
                f"see {self.log(implementation)}"
            ) from None
        except (
            RuntimeError,
            ValueError,
            ArithmeticError,
            LookupError,
            TypeError,
            OSError,
            ImportError,
        ) as error:
            subject = f"{arguments[0].concept}: " if function is _run else ""
            first_line = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise WorkerError(f"{subject}{implementation}: {first_line}") from error


def _quiet(log: str, device: str) -> None:
    """Send what the frameworks print to the log, leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with contextlib.suppress(OSError):
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(descriptor, sys.stdout.fileno())
        os.dup2(descriptor, sys.stderr.fileno())


def _end_with_parent() -> None:
    """Wait until the parent is gone, killed perhaps, and go too."""
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _start(implementation: str, device: str) -> None:
    global _worker
    from comparisons.harness.actions import Worker

    _worker = Worker(implementation, device)


def _run(job: Job, settings: Settings, folder: Path, mark: str) -> dict:
    payload, arrays = _worker.run(job, settings)
    write_job(folder, job, mark, payload, arrays)
    return payload
