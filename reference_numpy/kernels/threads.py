"""Large operations on all cores: each takes a part of the batch.

NumPy lets other threads run while it computes, so Python's threads do. Meanwhile a matrix product
has one thread of its own: two on products as small as these gain little, and get in the way.
"""

import contextvars
import functools
import os
from concurrent.futures import ThreadPoolExecutor

from reference_numpy.kernels.blas import one_blas_thread

#: Multiplications below which starting a thread costs more than it gains.
WORTH_A_THREAD = 2**23


_within_part = contextvars.ContextVar("within_part", default=False)


def by_parts(work, batch, multiplications):
    """`[work(part), …]` for slices of an axis, most often the batch, worked on at the same time.

    Within a part there are no further parts.

    Args:
        work: function of a slice; must not write where another part's does.
        batch: length of the axis.
        multiplications: how many the whole takes, about.
    """
    return at_once(work, even_slices(batch, parts_of(batch, multiplications)))


def even_slices(length, count):
    """Slices of an axis, so many, whose lengths differ by one at most."""
    bounds = [length * i // count for i in range(count + 1)]
    return [slice(*pair) for pair in zip(bounds, bounds[1:])]


def parts_of(batch, multiplications):
    """How many parts `by_parts` makes."""
    wanted = 1 if _within_part.get() else multiplications // WORTH_A_THREAD
    return max(1, min(_cores(), batch, wanted))


def at_once(work, parts):
    """`[work(part), …]`, each part in a thread of its own, the first in this one.

    What no thread has begun by then is done in this one too. So it waits for work under way alone,
    and parts within parts cannot wait for one another.
    """
    if len(parts) == 1:
        return [work(parts[0])]
    first, *others = (_within(work, part) for part in parts)
    with one_blas_thread():
        started = [_pool().submit(other) for other in others]
        results = [first()]
        for future, other in zip(started, others):
            results.append(other() if future.cancel() else future.result())
        return results


def ahead(work, items):
    """For each item a function that gives `work(item)`; all are worked on from the first one on.

    Each is a part, within which there are no further parts.
    """
    with one_blas_thread():
        started = [_pool().submit(_within(work, item)) for item in items]
        try:
            for future in started:
                yield future.result
        finally:
            for future in started:
                future.cancel()


def _within(work, part):
    """The function that works on the part, in a copy of this thread's context.

    So `numpy.errstate` holds there too.
    """

    def within():
        _within_part.set(True)
        return work(part)

    return functools.partial(contextvars.copy_context().run, within)


@functools.cache
def _cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@functools.cache
def _pool():
    if hasattr(os, "register_at_fork"):  # a forked process has the pool without its threads
        os.register_at_fork(after_in_child=_pool.cache_clear)
    return ThreadPoolExecutor(_cores(), thread_name_prefix="reference_numpy")
