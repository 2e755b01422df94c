"""Each backend at its best: settings are tried for a moment, and the fastest is taken."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from comparisons.harness.bench.measuring import Setting, Task, try_setting
from comparisons.harness.runs.workers import Column, JobFailed, Refused

#: Whether XLA, or PyTorch's compiler, is asked for; JAX without it is of no use.
JIT = {"keras-tensorflow": (False, True), "keras-jax": (True,), "keras-torch": (False, True)}
#: Whether TensorFlow takes oneDNN's kernels: a process each, since it decides when it starts.
ONEDNN = {"keras-tensorflow": (True, False)}
#: PyTorch has one step an execution alone.
STEPS = {"keras-tensorflow": 20, "keras-jax": 20}
#: Seconds a step above which several steps an execution cannot matter: they save a millisecond.
LONG_STEP = 0.05
#: Seconds after which a compilation is given up that can be done without: PyTorch's takes many
#: minutes for some models.
LONGEST_TRY = 120.0


@dataclass(frozen=True)
class Try:
    """What came of a setting.

    Args:
        seconds: of a step; None where there are none, for a `reason`.
        first_call: seconds of the call in which the framework compiles.
    """

    task: Task
    seconds: float | None = None
    first_call: float | None = None
    reason: str = ""

    def as_dict(self) -> dict:
        """Plain values."""
        return {
            "model": Path(self.task.file).stem,
            "implementation": self.task.implementation,
            "phase": self.task.phase,
            "setting": str(self.task.setting),
            "milliseconds": self.seconds and 1e3 * self.seconds,
            "reason": self.reason,
        }


class Trying:
    """A backend's process in which settings are tried; one that dies is started again.

    Args:
        start: starts the process.
        onednn: which of TensorFlow's two it is.
    """

    def __init__(self, start: Callable[[], Column], onednn: bool | None):
        self.start, self.onednn, self.column = start, onednn, None

    def __enter__(self) -> "Trying":
        return self

    def __exit__(self, *error) -> None:
        if self.column:
            self.column.stop()

    def tries(self, task: Task) -> Iterator[Try]:
        """Each setting of the task, the later ones from what came of those before."""
        steps = STEPS.get(task.implementation)
        first = Setting(steps_per_execution=steps and 1, onednn=self.onednn)
        compiled = [
            self.attempt(replace(task, setting=replace(first, jit_compile=jit)))
            for jit in JIT[task.implementation]
        ]
        yield from compiled
        best = fastest(compiled)
        if steps and best and best.seconds < LONG_STEP:
            setting = replace(best.task.setting, steps_per_execution=steps)
            yield self.attempt(replace(task, setting=setting))

    def attempt(self, task: Task) -> Try:
        """What comes of one setting."""
        limit = threading.Timer(LONGEST_TRY, lambda: self.column.process.kill())
        try:
            self.column = self.column or self.start()
            if task.setting.jit_compile and False in JIT[task.implementation]:
                limit.start()
            self.column.send(try_setting, task)
            return Try(task, **self.column.answer())
        except Refused as refused:
            return Try(task, reason=refused.reason)
        except JobFailed as failure:
            if self.column:
                self.column.stop()
            self.column = None
            late = limit.finished.is_set()
            return Try(task, reason=f"no end in {LONGEST_TRY:.0f} s" if late else failure.reason)
        finally:
            limit.cancel()


def fastest(tries: Iterable[Try]) -> Try | None:
    """The best of those that could be measured."""
    return min((t for t in tries if t.seconds), key=lambda t: t.seconds, default=None)
