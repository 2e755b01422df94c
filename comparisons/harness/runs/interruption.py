"""Ctrl-C and SIGTERM: one line and exit status 130 or 143, whenever they come.

Imports little, so that it stands before anything else is imported.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
ONCE_IN_SECONDS = 3.0
GOES_ON = "the same command goes on with the jobs that are still missing"


class Interrupted(BaseException):
    """The person or the system wants the run to end; what is open is to be closed."""

    def __init__(self, number: int):
        self.number = number


@contextlib.contextmanager
def ends_at_once() -> Iterator[None]:
    """While nothing is open that must be closed, an interruption ends the process on the spot.

    An exception would not do: what is being imported may catch it or turn it into another.
    """
    with _handling(lambda number, frame: leave(number, "interrupted")):
        yield


@contextlib.contextmanager
def closes_first(message: str = "interrupted; " + GOES_ON) -> Iterator[None]:
    """An interruption raises `Interrupted`; another one soon after it changes nothing.

    Args:
        message: what is said when everything is closed.
    """
    last = -ONCE_IN_SECONDS

    def interrupt(number, frame):
        nonlocal last
        if time.monotonic() - last >= ONCE_IN_SECONDS:
            last = time.monotonic()
            raise Interrupted(number)

    with _handling(interrupt):
        try:
            yield
        except Interrupted as interrupted:  # while it is handled, so that one more changes nothing
            leave(interrupted.number, message)


def leave(number: int, message: str) -> NoReturn:
    """End the process with a line and the status that belongs to the signal."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    os.write(2, f"sidebyside: {message}\n".encode())
    os._exit(128 + number)


@contextlib.contextmanager
def _handling(handler) -> Iterator[None]:
    """Handle the signals so, but for those that whoever started the process has it ignore."""
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    before = {n: old for n, old in handlers.items() if old not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
