"""Weights of all sizes as blocks of one convenient size, for rules that work entry by entry.

A large weight is cut into parts that, with their state and temporaries, stay in the cache; small
weights are put together into one, since a step's cost is then not their entries but their number.
"""

from typing import NamedTuple

import numpy as np

#: Entries of a part of a large weight.
BLOCK = 16384
#: Most entries of a small weight.
SMALL = 1024


class Job(NamedTuple):
    """One weight (or part of it, or several), its gradient, its state by name, and its decay."""

    w: np.ndarray
    g: np.ndarray
    slots: dict
    decay: float


def in_blocks(jobs):
    """The same jobs, cut up and put together. Each is to be done before the next is asked for."""
    small = {}
    for job in jobs:
        if job.w.size <= SMALL:
            small.setdefault((job.w.dtype, job.decay), []).append(job)
        elif job.w.flags.c_contiguous:
            yield from parts(job)
        else:
            yield job
    for some in small.values():
        together = Job(
            join([job.w for job in some]),
            join([job.g for job in some]),
            {name: join([job.slots[name] for job in some]) for name in some[0].slots},
            some[0].decay,
        )
        yield together
        # By now the job is done, on the copies.
        split(together.w, [job.w for job in some])
        for name, value in together.slots.items():
            split(value, [job.slots[name] for job in some])


def parts(job):
    """Views of a large weight, `BLOCK` entries each."""
    w, g = job.w.reshape(-1), job.g.reshape(-1)
    slots = {name: value.reshape(-1) for name, value in job.slots.items()}
    for start in range(0, w.size, BLOCK):
        part = slice(start, start + BLOCK)
        yield Job(w[part], g[part], {k: v[part] for k, v in slots.items()}, job.decay)


def join(arrays):
    """The entries of all arrays in one vector."""
    return np.concatenate(arrays, axis=None)


def split(vector, arrays):
    """The entries of the vector back into the arrays they came from."""
    start = 0
    for array in arrays:
        array[...] = vector[start : start + array.size].reshape(array.shape)
        start += array.size
