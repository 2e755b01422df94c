"""Weights of all sizes as blocks of one convenient size, for rules that work entry by entry.

A large weight is cut into parts that, with their state and temporaries, stay in the cache; small
weights are put together into one, since a step's cost is then not their entries but their number.
Blocks are made once and serve every step.
"""

from typing import NamedTuple

import numpy as np

#: Entries of a part of a large weight: 640 KiB of it, its gradient, Adam's state and a temporary.
BLOCK = 32768
#: Most entries of a small weight.
SMALL = 1024


class Job(NamedTuple):
    """One weight by its place among the gradients, its state by name, and its decay."""

    place: int
    w: np.ndarray
    slots: dict
    decay: float


class Whole:
    """A weight as it is.

    A block has `w`, `slots` and `decay` for the rule. A step takes the gradient from `gradient`,
    changes `w` and `slots` in place, and calls `finish`.
    """

    def __init__(self, job):
        self.place, self.w, self.slots, self.decay = job

    def gradient(self, gradients):
        """That of the block, from the gradients of all weights."""
        return gradients[self.place]

    def finish(self):
        """The weights follow the block: here they are the block."""


class Part(Whole):
    """Some entries of a large weight that is contiguous: views."""

    def __init__(self, job, entries):
        super().__init__(job)
        self.entries, self.w = entries, job.w.reshape(-1)[entries]
        self.slots = {name: value.reshape(-1)[entries] for name, value in job.slots.items()}

    def gradient(self, gradients):
        """The same entries of the weight's gradient."""
        return gradients[self.place].reshape(-1)[self.entries]


class Together:
    """Small weights of one dtype and decay, copied into one vector for each step."""

    def __init__(self, jobs):
        self.where, self.decay = [job.place for job in jobs], jobs[0].decay
        sources = {None: [job.w for job in jobs]}
        sources |= {name: [job.slots[name] for job in jobs] for name in jobs[0].slots}
        vectors = {name: np.concatenate(own, axis=None) for name, own in sources.items()}
        self.w, self.slots = vectors[None], {n: v for n, v in vectors.items() if n}
        self.g = np.empty_like(self.w)
        ends = np.cumsum([job.w.size for job in jobs])[:-1]
        #: each array, and where it lies in its vector
        self.pieces = [
            (array, piece.reshape(array.shape))
            for name, own in sources.items()
            for array, piece in zip(own, np.split(vectors[name], ends), strict=True)
        ]

    def gradient(self, gradients):
        """Those of all weights in one vector; weights and state are copied too."""
        for array, piece in self.pieces:
            piece[...] = array
        own = [gradients[place] for place in self.where]
        return np.concatenate(own, axis=None, out=self.g)

    def finish(self):
        """The weights and their state take the new values."""
        for array, piece in self.pieces:
            array[...] = piece


def in_blocks(jobs):
    """The blocks of weights, cut up and put together."""
    blocks, small = [], {}
    for job in jobs:
        if job.w.size <= SMALL:
            small.setdefault((job.w.dtype, job.decay), []).append(job)
        elif job.w.flags.c_contiguous:
            starts = range(0, job.w.size, BLOCK)
            blocks += [Part(job, slice(start, start + BLOCK)) for start in starts]
        else:
            blocks.append(Whole(job))
    return blocks + [Together(some) for some in small.values()]
