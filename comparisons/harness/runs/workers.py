"""Worker processes: one for each column, since Keras's backend is fixed in a process.

The jobs of a pool run one after another; a crew has several pools, whose jobs run side by side.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from comparisons.harness.concept import Settings
from comparisons.harness.runs import actions
from comparisons.harness.runs.jobs import Job

ATTEMPTS = 2


class WorkerError(RuntimeError):
    """A column cannot start; one line says which and why."""


class JobFailed(RuntimeError):
    """A job failed, or its process died; one line says why."""

    @property
    def reason(self) -> str:
        """The line without the place of the log, which may be gone after the run."""
        return str(self).partition("; see ")[0]


class Refused(JobFailed):
    """The process lives, and says why it could not do what it was asked."""


class Closed(RuntimeError):
    """The pool was closed from another thread while it did a job."""


class Pool:
    """The columns' processes; each starts with its first job.

    Args:
        settings: the run's settings.
        log_folder: where the processes write what the frameworks print.
        cores: the processor's cores that the processes may use; none named for all.
    """

    def __init__(self, settings: Settings, log_folder: Path, cores: Sequence[int] = ()):
        self.settings, self.log_folder, self.cores = settings, log_folder, cores
        self._columns: dict[str, Column] = {}
        self._closed = False

    def __enter__(self) -> "Pool":
        self.log_folder.mkdir(parents=True, exist_ok=True)
        for log in self.log_folder.glob("*.log"):
            log.unlink()
        return self

    def __exit__(self, *error) -> None:
        self._closed = True
        for implementation in list(self._columns):
            self._stop(implementation)

    def start(self, implementation: str) -> None:
        """Start a column's process if it does not run yet.

        Raises:
            WorkerError: its framework cannot be loaded, or sees no such device.
            JobFailed: the process died meanwhile.
        """
        if implementation in self._columns:
            return
        log = self.log_folder / f"{implementation}.log"
        column = Column(implementation, self.settings.device, log, self.cores)
        self._columns[implementation] = column
        if self._closed:  # from another thread, meanwhile
            self._stop(implementation)
            raise Closed(implementation)
        try:
            column.answer()
        except Refused as refused:
            raise WorkerError(f"{implementation}: {refused}") from None
        except JobFailed:
            self._stop(implementation)
            raise

    def run(self, job: Job, progress: Callable[[int, int], None]) -> tuple[dict, dict]:
        """What the job gave: plain values, and arrays.

        Args:
            progress: called with the parts of the job that are done, and their number.

        Raises:
            WorkerError: the column cannot start.
            JobFailed: the job failed twice, the second time in a fresh process.
            Closed: the pool was closed meanwhile.
        """
        for _ in range(ATTEMPTS):
            try:
                self.start(job.implementation)
                column = self._columns[job.implementation]
                column.send(actions.run, job, self.settings)
                return column.answer(progress)
            except JobFailed as error:
                failure = error
                self._stop(job.implementation)
                if self._closed:
                    raise Closed(job.implementation) from None
        raise failure

    def _stop(self, implementation: str) -> None:
        if column := self._columns.pop(implementation, None):
            column.stop()


class Column:
    """One column's process, which answers on its standard output.

    Args:
        cores: the processor's cores that it may use; none named for all.
        settings: variables of its environment.
    """

    def __init__(
        self,
        implementation: str,
        device: str,
        log: Path,
        cores: Sequence[int] = (),
        settings: Mapping[str, str] = MappingProxyType({}),
    ):
        self.implementation, self.log = implementation, log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "comparisons.harness.runs.process",
                    implementation,
                    device,
                    *map(str, cores),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                # It finds what this process finds, installed or not.
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    "PYTHONIOENCODING": "utf-8",
                    **settings,
                },
            )

    def send(self, *request) -> None:
        """Ask for a job: a function of a module, and its arguments."""
        try:
            pickle.dump(request, self.process.stdin)
            self.process.stdin.flush()
        except OSError:
            raise self._death() from None

    def answer(self, progress: Callable[[int, int], None] = lambda done, total: None):
        """Wait for what the process gives. Raises JobFailed where it gives nothing."""
        while True:
            try:
                kind, content = pickle.load(self.process.stdout)
            except (EOFError, OSError, pickle.UnpicklingError):
                raise self._death() from None
            if kind == "done":
                return content
            if kind == "failed":
                raise Refused(f"{content}; see {self.log}")
            progress(*content)

    def stop(self) -> None:
        """End the process; whatever it was to give has been received."""
        self.process.kill()
        self.process.communicate()

    def _death(self) -> JobFailed:
        status = self.process.wait()
        try:
            name = signal.Signals(-status).name
        except ValueError:
            how = f"ended with status {status}"
        else:
            how = f"was ended by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
        return JobFailed(f"the process of {self.implementation} {how}; see {self.log}")
