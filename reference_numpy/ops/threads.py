"""Large operations on all cores: each takes a part of the batch.

NumPy lets other threads run while it computes, so Python's threads do. It pays where BLAS itself
has one thread (`OPENBLAS_NUM_THREADS=1`): two of its threads on a product as small as these gain
little.
"""

import functools
import os
from concurrent.futures import ThreadPoolExecutor

#: Multiplications below which starting a thread costs more than it gains.
WORTH_A_THREAD = 2**23


def by_parts(work, batch, multiplications):
    """`[work(part), …]` for slices of the batch axis that are worked on at the same time.

    Args:
        work: function of a slice; must not write where another part's does.
        batch: number of examples.
        multiplications: how many the whole takes, about.
    """
    count = max(1, min(_cores(), batch, multiplications // WORTH_A_THREAD))
    bounds = [batch * i // count for i in range(count + 1)]
    first, *others = [slice(*pair) for pair in zip(bounds, bounds[1:])]
    started = [_pool().submit(work, part) for part in others]
    return [work(first), *(future.result() for future in started)]


@functools.cache
def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@functools.cache
def _pool():
    return ThreadPoolExecutor(_cores(), thread_name_prefix="reference_numpy")


if hasattr(os, "register_at_fork"):  # a forked process has the pool without its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
