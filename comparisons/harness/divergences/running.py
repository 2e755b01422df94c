"""Run the reproductions of divergences on the Keras that is installed."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby

from comparisons.harness import backends
from comparisons.harness.divergences.divergence import Divergence
from comparisons.harness.divergences.outcomes import CANNOT_RUN, STANDS, Outcome
from comparisons.harness.divergences.reading import DIVERGENCES, named

Step = tuple[str, Divergence]
COMMAND = [sys.executable, "-P", "-W", "ignore", "-m", "comparisons.harness.divergences.process"]


def plan(names: Sequence[str] = (), wanted: Sequence[str] = ()) -> list[Step]:
    """What is to be run: `(backend, divergence)`, the backends one after another.

    Args:
        names: of divergences; all where none is given.
        wanted: backends; all where none is given.

    Raises:
        ValueError: an unknown name or backend, a backend that is not installed, or nothing to run.
    """
    for backend in wanted:
        if backend not in backends.KERAS_BACKENDS:
            known = ", ".join(backends.KERAS_BACKENDS)
            raise ValueError(f"Unknown backend '{backend}'. Expected one of {known}.")
        if reason := backends.missing(backend):
            raise ValueError(reason)
    chosen = [named(name) for name in dict.fromkeys(names)] or DIVERGENCES.values()
    steps = [
        (backend, known)
        for backend in backends.KERAS_BACKENDS
        for known in chosen
        if backend in (wanted or known.seen) and backend in known.seen
    ]
    if not steps:
        seen = ", ".join(dict.fromkeys(b for known in chosen for b in known.backends))
        raise ValueError(f"Nothing to run on {', '.join(wanted)}: that was seen on {seen}")
    return steps


def run(steps: Sequence[Step]) -> Iterator[Outcome]:
    """What comes of each step, in their order."""
    for backend, of in groupby(steps, key=lambda step: step[0]):
        wanted = [known for _, known in of]
        if reason := backends.missing(backend):
            yield from (Outcome(known.name, backend, CANNOT_RUN, reason) for known in wanted)
        else:
            yield from _on(backend, wanted)


def _on(backend: str, wanted: list[Divergence]) -> Iterator[Outcome]:
    """In one process; what does not stand there, or ends it, is run in a process of its own."""
    alone, answered = len(wanted) == 1, 0
    with (
        tempfile.TemporaryDirectory(prefix="sidebyside-") as folder,
        subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(backend, folder),
            encoding="utf-8",
        ) as process,
    ):
        json.dump([known.reproduction for known in wanted], process.stdin)
        process.stdin.close()
        for known, line in zip(wanted, process.stdout):
            answered += 1
            outcome = Outcome(known.name, backend, *json.loads(line))
            if outcome.state == STANDS or alone:
                yield outcome
            else:
                yield from _on(backend, [known])
    if answered < len(wanted) and alone:
        reason = f"the process ended with status {process.returncode}"
        yield Outcome(wanted[0].name, backend, CANNOT_RUN, reason)
    elif answered < len(wanted):
        yield from _on(backend, [wanted[answered]])
        if later := wanted[answered + 1 :]:
            yield from _on(backend, later)


def _environment(backend: str, folder: str) -> dict[str, str]:
    return {
        **backends.SETTINGS,
        **os.environ,
        # It finds what this process finds, installed or not.
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONIOENCODING": "utf-8",
        "KERAS_BACKEND": backend,
        "TMPDIR": folder,  # some write a model's file
        "JAX_ENABLE_X64": "1",  # else JAX has no float64
        "CUDA_VISIBLE_DEVICES": "",  # they were seen on a CPU
    }
