"""A crew: pools whose jobs run side by side, here or on a cluster, and one for the rest.

What reports how long something takes runs alone, on all cores here, when nothing else does.
"""

import contextlib
import os
import queue
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from comparisons.harness.concept import Settings
from comparisons.harness.runs import cluster
from comparisons.harness.runs.workers import Pool

Item = TypeVar("Item")


def cores() -> list[int]:
    """The processor's cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


class Crew:
    """The pools of a run; a process of theirs starts with its first job.

    Args:
        settings: the run's settings.
        log_folder: where the processes write what the frameworks print.
        workers: how many jobs run side by side, each on its share of the cores; 1 for one after
            another.
        on_cluster: whether they run on the cluster that was joined (`cluster.connect`).
    """

    def __init__(
        self, settings: Settings, log_folder: Path, workers: int = 1, on_cluster: bool = False
    ):
        self.alone = Pool(settings, log_folder)
        self.beside = []
        self._open = contextlib.ExitStack()
        if on_cluster:
            self._open.callback(cluster.leave)
            self.beside = [cluster.RemotePool(settings) for _ in range(workers)]
        elif workers > 1:
            # A system that cannot keep a process to some cores leaves that to its scheduler.
            mine = cores() if hasattr(os, "sched_setaffinity") else []
            self.beside = [
                Pool(settings, log_folder / f"worker-{n + 1}", mine[n::workers])
                for n in range(workers)
            ]

    def __enter__(self) -> "Crew":
        for pool in (self.alone, *self.beside):
            self._open.enter_context(pool)
        return self

    def __exit__(self, *error) -> None:
        self._open.close()

    def side_by_side(self, do: Callable[[Item, Pool], None], items: Iterable[Item]) -> None:
        """Call `do(item, pool)` for each, as many at a time as the crew has pools for that.

        What one of them raises ends the others' processes, and is raised.
        """
        free = queue.SimpleQueue()
        for pool in self.beside:
            free.put(pool)

        def take(item: Item) -> None:
            pool = free.get()
            try:
                do(item, pool)
            finally:
                free.put(pool)

        threads = ThreadPoolExecutor(len(self.beside))
        try:
            for _ in threads.map(take, items):
                pass
        except BaseException:
            self._open.close()
            raise
        finally:
            threads.shutdown(cancel_futures=True)
