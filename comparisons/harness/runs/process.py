"""A column's process: jobs come in on standard input, answers go out on standard output.

`workers` starts it. A job is a function with its arguments, called with the `Worker` before them
and a `progress` after them. The first answer says what became of the start; then each job gets
`"progress"` answers, and in the end `"done"` with its result or `"failed"` with a reason. What the
frameworks print goes to standard error, which is the column's log.
"""

import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback

SECONDS_BETWEEN_PROGRESS = 0.2


def main(implementation: str, device: str, *cores: str) -> None:
    """Load the column's framework and do jobs until the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    if cores:  # before the framework counts them
        os.sched_setaffinity(0, map(int, cores))
    requests, answers = _take_pipes()
    jobs = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests, jobs), daemon=True).start()
    told = 0.0

    def answer(kind: str, content: object) -> None:
        answers.write(pickle.dumps((kind, content)))
        answers.flush()

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN_PROGRESS:
            told = time.monotonic()
            answer("progress", (done, total))

    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    try:
        from comparisons.harness import places
        from comparisons.harness.runs.worker import Worker

        worker = Worker(implementation, device)
    except Exception as error:
        answer("failed", _first_line(error))
        raise
    answer("done", None)
    while True:
        function, *arguments = jobs.get()
        try:
            answer("done", function(worker, *arguments, progress))
        except Exception as error:
            traceback.print_exc()
            told = places.of(error), type(error).__name__, _first_line(error)
            answer("failed", ": ".join(filter(None, told)))
        worker.forget()


def _take_pipes():
    """The parent's two pipes under other numbers, out of reach of whatever reads or prints."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def _receive(requests, jobs: queue.SimpleQueue) -> None:
    """Hand on the jobs; end with the parent, killed perhaps, whatever is under way."""
    try:
        while True:
            jobs.put(pickle.load(requests))
    finally:
        os._exit(1)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else repr(error)


if __name__ == "__main__":
    main(*sys.argv[1:])
