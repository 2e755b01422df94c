"""How long a run takes: from the last run or the presets, and then from how it goes."""

import contextlib
import threading
import time
from collections.abc import Callable, Container, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

from comparisons.harness.concept import Concept, Settings
from comparisons.harness.datasets import data_path
from comparisons.harness.runs import jobs
from comparisons.harness.runs.jobs import Job

START_SECONDS = 5.0  # of a column's process, with its framework
#: of a person's own file, to read it and to prepare and score its rows
OWN_BYTES_PER_SECOND = 1e6
#: From so many times the Titanic's size on, larger batches and samples keep the work the same.
MOST_TIMES = 30


def seconds(job: Job, concept: Concept, settings: Settings, folder: Path, choices: dict) -> float:
    """About how long the job will take: as long as last time, if it was asked for the same.

    Args:
        folder: where an earlier run's jobs are, if there was one.
        choices: the settings that change the job's result.
    """
    last = jobs.read_any(folder, job)
    if last and last["choices"] == choices:
        return last["seconds"]
    declared = jobs.plan(job.concept, concept, ["numpy", "one Keras column"], Settings())
    share = 60 * concept.minutes / len(declared)
    reading = 0.0
    if settings.csv:  # a table's concept knows its rows
        size = Path(settings.csv).stat().st_size
        times, reading = size / data_path("titanic.csv").stat().st_size, size / OWN_BYTES_PER_SECOND
        if job.action in ("train", "baseline"):  # a proof takes as many steps of any file
            share *= min(max(1.0, times), MOST_TIMES)
    if job.action == "train":
        asked, default = concept.task.preset(settings), concept.task.presets["default"]
        share *= asked.epochs / default.epochs
    return share + reading


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Args:
        what: the job under way, in words; `""` before the first and after the last.
        parts: how many parts of it are done, how many there are, and what they are called; None
            where it tells of none.
        done: number of jobs done, in this run or before it.
        total: number of jobs.
        share: of the run's expected time, how much is over, from 0 to 1.
        left: seconds left, about.
    """

    what: str
    parts: tuple[int, int, str] | None
    done: int
    total: int
    share: float
    left: float


class Clock:
    """Tells of a run's progress, and corrects the estimate by how long its jobs really take.

    Args:
        expected: seconds that each job still to be done is expected to take.
        found: number of jobs that are done already.
        tell: called with each `Status`.
        side_by_side: how many jobs are done at a time, but for those that are done alone.
        alone: the jobs beside which no other is done.
    """

    def __init__(
        self,
        expected: dict[Hashable, float],
        found: int,
        tell: Callable[[Status], None],
        side_by_side: int = 1,
        alone: Container[Hashable] = (),
    ):
        # A job beside others takes its share of the time alone.
        self.shares = {job: 1.0 if job in alone else 1.0 / side_by_side for job in expected}
        self.expected = {job: self.shares[job] * seconds for job, seconds in expected.items()}
        self.tell, self.done, self.total = tell, found, found + len(expected)
        self.all_seconds = sum(self.expected.values())
        self.over, self.taken = 0.0, 0.0  # seconds expected of the jobs that are over, and real
        self.under_way: dict[Hashable, _UnderWay] = {}
        self._lock = threading.Lock()
        self._say()

    @contextlib.contextmanager
    def doing(
        self, job: Hashable, what: str, unit: str = "epochs"
    ) -> Iterator[Callable[[int, int], None]]:
        """The job begins, and is over at the end of the block, in whatever thread.

        Gives a function to be called with the parts that are done, and their number.

        Args:
            what: the job in words.
            unit: what its parts are called.
        """

        def progress(done: int, total: int) -> None:
            with self._lock:
                self.under_way[job].parts = (done, total, unit)
                self._say(job)

        with self._lock:
            self.under_way[job] = _UnderWay(what, time.monotonic())
            self._say(job)
        try:
            yield progress
        finally:
            with self._lock:
                self.over += self.expected[job]
                self.taken += self._elapsed(job)
                self.done += 1
                del self.under_way[job]
                self._say()

    @property
    def pace(self) -> float:
        """Real over expected time; near 1 until a third of the run is over."""
        trust = 0.3 * self.all_seconds
        return (self.taken + trust) / (self.over + trust) if trust else 1.0

    def _elapsed(self, job: Hashable) -> float:
        return self.shares[job] * (time.monotonic() - self.under_way[job].began)

    def _whole(self, job: Hashable) -> float:
        """The seconds that a job under way will have taken."""
        elapsed, parts = self._elapsed(job), self.under_way[job].parts
        if parts and parts[0]:
            return elapsed * parts[1] / parts[0]
        return max(self.pace * self.expected[job], elapsed)

    def _say(self, job: Hashable = None) -> None:
        later = self.all_seconds - self.over - sum(self.expected[j] for j in self.under_way)
        over, left = self.over, self.pace * later
        for each in self.under_way:
            elapsed, whole = self._elapsed(each), self._whole(each)
            over += self.expected[each] * elapsed / (whole or 1)
            left += whole - elapsed
        share = over / self.all_seconds if self.all_seconds else 1.0
        now = self.under_way[job] if job is not None else _UnderWay("", 0.0)
        self.tell(Status(now.what, now.parts, self.done, self.total, share, left))


@dataclass
class _UnderWay:
    """A job that is being done: in words, since when, and the parts done of all."""

    what: str
    began: float
    parts: tuple[int, int, str] | None = None
