"""A run's progress on standard error: a bar in a terminal, elsewhere a line for each job."""

import threading
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn
from rich.table import Column
from rich.text import Text

from comparisons.harness.runs.estimates import Status

SECONDS_BETWEEN_LINES = 30.0  # of one long job
SECONDS_BETWEEN_LOOKS = 5.0  # whether it is time for a line, where a job tells nothing
SECONDS_BETWEEN_STEPS = 2.0  # before the jobs
LONG = 45 * 60.0  # seconds of a run of which it is told what makes it shorter


class Display:
    """Shows each `Status` that it is called with.

    Attributes:
        shorter: the options with which a long run would be shorter.
    """

    def __init__(self):
        self.shorter: list[str] = []
        self.console = Console(stderr=True, highlight=False, markup=False)
        self.bar = Progress(
            What(),
            TextColumn("{task.fields[parts]}", markup=False),
            BarColumn(10),
            TimeLeft(Column(no_wrap=True)),
            console=self.console,
            disable=not self.console.is_terminal,
            transient=True,
        )
        self.task = None
        self.line, self.parts, self.until = "", "", 0.0
        self.printed = time.monotonic()
        self.over = threading.Event()

    def __enter__(self) -> "Display":
        self.bar.start()
        if self.bar.disable:
            threading.Thread(target=self._remind, daemon=True).start()
        return self

    def __exit__(self, *error) -> None:
        self.over.set()
        self.bar.stop()

    def say(self, line: str) -> None:
        """Print a line of its own."""
        self.console.print(line, soft_wrap=True)

    def step(self, line: str) -> None:
        """Print what is done next, unless a line was printed just before."""
        if time.monotonic() - self.printed >= SECONDS_BETWEEN_STEPS:
            self.printed = time.monotonic()
            self.say(line)

    def __call__(self, status: Status) -> None:
        """Show where the run stands."""
        self.until = time.monotonic() + status.left
        if self.task is None:
            self.say(beginning(status, self.shorter))
            self.task = self.bar.add_task("starting", total=1.0, until=self.until, parts="")
        parts = "{} of {} {}".format(*status.parts) if status.parts else ""
        self.bar.update(self.task, completed=status.share, until=self.until, parts=parts)
        if not status.what:
            self.line = ""
            return
        line = f"[{status.done + 1}/{status.total}] {status.what}"
        self.bar.update(self.task, description=line)
        is_new, self.line, self.parts = line != self.line, line, parts
        if self.bar.disable and (is_new or self._is_time()):
            self._say_what_is_under_way()

    def _remind(self) -> None:
        """Say now and then what is under way, also where it tells nothing itself."""
        while not self.over.wait(SECONDS_BETWEEN_LOOKS):
            if self.line and self._is_time():
                self._say_what_is_under_way()

    def _say_what_is_under_way(self) -> None:
        self.printed = time.monotonic()
        left = max(0.0, self.until - self.printed)
        said = ", ".join(filter(None, (self.line, self.parts)))
        self.say(f"{said} · {about(left)} left")

    def _is_time(self) -> bool:
        return time.monotonic() - self.printed >= SECONDS_BETWEEN_LINES


class What(ProgressColumn):
    """What is under way, cut short in a narrow terminal: how far it is and the time left stay."""

    def render(self, task) -> Text:
        """The text for a task."""
        return Text(task.description, no_wrap=True, overflow="ellipsis")


class TimeLeft(ProgressColumn):
    """About how long a task will still take, counted down between two reports."""

    def render(self, task) -> Text:
        """The text for a task that ends at `until`."""
        return Text(f"{about(max(0.0, task.fields['until'] - time.monotonic()))} left")


def beginning(status: Status, shorter: list[str]) -> str:
    """What is to be done, before it is begun; and, of a long run, what makes it shorter."""
    jobs = f"{status.total} job" + ("s" if status.total != 1 else "")
    if status.done == status.total:
        return f"{jobs}, all done already"
    done = f", {status.done} of them done already" if status.done else ""
    less = f", less with {', '.join(shorter)}" if shorter and status.left > LONG else ""
    return f"{jobs}{done}; this takes {about(status.left)}{less}"


def about(seconds: float) -> str:
    """A length of time in one or two digits."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} seconds"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} minutes"
    return f"about {seconds / 3600:.1f} hours"
