"""The progress of `fit`, `evaluate` and `predict` on the screen."""

import sys
import time

from reference_numpy.callbacks.callback import Callback
from reference_numpy.console import say

WIDTH = 20
#: Seconds between two redrawings of the line.
INTERVAL = 0.05


class ProgbarLogger(Callback):
    """One line an epoch: steps done, a bar, the time, the losses and metrics so far.

    On a terminal the line is redrawn as training goes on; elsewhere, and with `verbose=2`, it is
    printed once, when it is complete. `fit` adds one unless `verbose` is 0.
    """

    def __init__(self):
        self.verbose, self.epochs, self.target = 1, 1, None
        self.in_fit = False
        self.begin()

    def set_params(self, params):
        """Take over `verbose`, `epochs` and `steps`."""
        self.verbose = 1 if params["verbose"] == "auto" else params["verbose"]
        self.epochs, self.target = params.get("epochs", 1), params["steps"]

    def begin(self):
        """Begin a line."""
        self.seen = 0
        self.started = self.drawn = time.perf_counter()

    def on_train_begin(self, logs=None):
        """Remember that validation, which is part of the epoch's line, is not to have its own."""
        self.in_fit = True

    def on_epoch_begin(self, epoch, logs=None):
        """Say which epoch it is."""
        self.begin()
        if self.verbose and self.epochs > 1:
            say(f"Epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch, logs=None):
        """Redraw the line."""
        self.advance(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        """Complete the line."""
        self.complete(logs)

    def on_test_begin(self, logs=None):
        """Begin the line of `evaluate`."""
        if not self.in_fit:
            self.begin()

    def on_test_batch_end(self, batch, logs=None):
        """Redraw the line of `evaluate`."""
        if not self.in_fit:
            self.advance(batch, logs)

    def on_test_end(self, logs=None):
        """Complete the line of `evaluate`."""
        if not self.in_fit:
            self.complete(logs)

    def on_predict_begin(self, logs=None):
        """Begin the line of `predict`."""
        self.begin()

    def on_predict_batch_end(self, batch, logs=None):
        """Redraw the line of `predict`."""
        self.advance(batch, None)

    def on_predict_end(self, logs=None):
        """Complete the line of `predict`."""
        self.complete(None)

    def advance(self, batch, logs):
        """Redraw the line, where that can be seen and is not too often."""
        self.seen = batch + 1
        now = time.perf_counter()
        if self.verbose == 1 and now - self.drawn >= INTERVAL and sys.stdout.isatty():
            self.drawn = now
            say("\r\x1b[2K" + self.line(logs), end="")
            sys.stdout.flush()

    def complete(self, logs):
        """Print the line as it is at the end."""
        self.target = self.target or self.seen
        self.seen = self.target
        if self.verbose:
            start = "\r\x1b[2K" if self.verbose == 1 and sys.stdout.isatty() else ""
            say(start + self.line(logs))

    def line(self, logs):
        """`12/50 ━━━━━━━━━━━━━━━━━━━━ 3s 250ms/step - accuracy: 0.8125 - loss: 0.5634`.

        With `verbose=2`, without the bar, `12/50 - 3s - 250ms/step - accuracy: …`.
        """
        seconds = time.perf_counter() - self.started
        parts = [f"{self.seen}/{self.target or 'Unknown'}"]
        if self.verbose == 1 and self.target:
            done = WIDTH * self.seen // self.target
            parts.append("━" * done + "─" * (WIDTH - done))
        parts += [f"{seconds:.0f}s", f"{as_duration(seconds / max(1, self.seen))}/step"]
        start = (" - " if self.verbose == 2 else " ").join(parts)
        numbers = [f"{name}: {as_number(value)}" for name, value in (logs or {}).items()]
        return " - ".join([start, *numbers])


def as_duration(seconds):
    """`2s`, `250ms` or `80us`."""
    if seconds >= 1:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def as_number(value):
    """Four digits after the point, or four significant ones where those would say nothing."""
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"
