"""How long a run takes: from the last run or the presets, and then from how it goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comparisons.harness.concept import Concept, Settings
from comparisons.harness.runs import jobs
from comparisons.harness.runs.jobs import Job

START_SECONDS = 5.0  # of a column's process, with its framework


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
    if job.action != "train":
        return share
    asked, default = concept.task.preset(settings), concept.task.presets["default"]
    return share * asked.epochs / default.epochs


@dataclass(frozen=True)
class Status:
    """Where a run stands.

    Args:
        what: the job under way, in words; `""` before the first and after the last.
        epochs: how many epochs of it are done, and how many there are; None where it has none.
        done: number of jobs done, in this run or before it.
        total: number of jobs.
        share: of the run's expected time, how much is over, from 0 to 1.
        left: seconds left, about.
    """

    what: str
    epochs: tuple[int, int] | None
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
    """

    def __init__(self, expected: dict[Job, float], found: int, tell: Callable[[Status], None]):
        self.expected, self.tell = expected, tell
        self.done, self.total = found, found + len(expected)
        self.all_seconds = sum(expected.values())
        self.over, self.taken = 0.0, 0.0  # seconds expected of the jobs that are over, and real
        self._say("", None, self.all_seconds)

    def begin(self, job: Job, what: str) -> None:
        """A job begins."""
        self.job, self.what, self.began = job, what, time.monotonic()
        self.epoch()

    def epoch(self, done: int = 0, total: int = 0) -> None:
        """The job has done so many epochs of all."""
        elapsed = time.monotonic() - self.began
        whole = max(self.pace * self.expected[self.job], elapsed)
        if done:
            whole = elapsed * total / done
        later = self.all_seconds - self.over - self.expected[self.job]
        left = whole - elapsed + self.pace * later
        self._say(self.what, (done, total) if total else None, left, elapsed / (whole or 1))

    def end(self) -> None:
        """The job is over."""
        self.over += self.expected[self.job]
        self.taken += time.monotonic() - self.began
        self.done += 1
        self._say("", None, self.pace * (self.all_seconds - self.over))

    @property
    def pace(self) -> float:
        """Real over expected time; near 1 until a third of the run is over."""
        trust = 0.3 * self.all_seconds
        return (self.taken + trust) / (self.over + trust) if trust else 1.0

    def _say(self, what: str, epochs: tuple | None, left: float, part: float = 0.0) -> None:
        over = self.over + (part * self.expected[self.job] if what else 0)
        share = over / self.all_seconds if self.all_seconds else 1.0
        self.tell(Status(what, epochs, self.done, self.total, share, left))
