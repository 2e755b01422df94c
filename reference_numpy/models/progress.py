"""The progress bar of `fit`, `evaluate` and `predict`."""

import math
import sys
import time

BAR_WIDTH = 20
REDRAW_SECONDS = 0.05


class ProgressBar:
    """Prints how far the batches are, how long one takes, and what the log says.

    On a terminal one line is drawn again and again; elsewhere (a file, a pipe) one line is
    printed at the end.

    Args:
        steps: number of batches.
        verbose: 0 for silence, 1 for a bar, 2 for one line at the end; "auto" is 1.
    """

    def __init__(self, steps, verbose):
        self.steps, self.verbose = steps, 1 if verbose == "auto" else verbose
        self.live = self.verbose == 1 and sys.stdout.isatty()
        self.start = self.drawn = time.perf_counter()
        self.width = 0

    def update(self, step, logs):
        """Draw the bar after batch `step`, counted from 1; `logs` is a function, seldom called."""
        if not self.live:
            return
        now = time.perf_counter()
        if now - self.drawn < REDRAW_SECONDS:
            return
        self.drawn = now
        left = (now - self.start) / step * (self.steps - step)
        self._draw(f"{self._bar(step)} {_duration(left)}{self._values(step, now, logs())}", "")

    def finish(self, step, logs):
        """Draw the last state: `step` batches in all, and the log."""
        if not self.verbose:
            return
        now = time.perf_counter()
        bar = self._bar(step) if self.verbose == 1 else f"{step}/{self.steps} -"
        self._draw(f"{bar} {_duration(now - self.start)}{self._values(step, now, logs)}", "\n")

    def _bar(self, step):
        done = BAR_WIDTH * step // max(self.steps, 1)
        digits = len(str(self.steps))
        return f"{step:{digits}d}/{self.steps} {'━' * done}{'╌' * (BAR_WIDTH - done)}"

    def _values(self, step, now, logs):
        seconds = (now - self.start) / max(step, 1)
        shown = "".join(f" - {name}: {_number(value)}" for name, value in logs.items())
        return f" {_step_time(seconds)}/step{shown}"

    def _draw(self, line, end):
        if self.live:
            print("\r" + line.ljust(self.width), end=end, flush=True)
            self.width = len(line)
        else:
            print(line, end=end, flush=True)


def _duration(seconds):
    if seconds < 60:
        return f"{seconds:.0f}s"
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _step_time(seconds):
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def _number(value):
    if not isinstance(value, float):
        return str(value)
    small = not math.isfinite(value) or abs(value) <= 1e-3
    return f"{value:.4e}" if small else f"{value:.4f}"
