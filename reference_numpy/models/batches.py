"""Batches, epoch after epoch: of arrays, or as a generator or dataset yields them."""

import math
import warnings
from collections.abc import Iterator

import numpy as np

from reference_numpy import random, tree
from reference_numpy.layers.argument_validation import positive_integer
from reference_numpy.models.data import (
    as_arrays,
    class_weight_to_sample_weights,
    count_samples,
    unpack,
)


class Epochs:
    """The batches of every epoch.

    A subclass defines `size`, the number of batches there are (None where nobody knows), and
    `_all()`, which yields them once.

    Args:
        steps: batches an epoch; None or 0 for as many as there are. With fewer than that the
            next epoch goes on where the last one stopped.
    """

    def __init__(self, steps=None):
        self.steps = None if steps in (None, 0) else positive_integer(steps, "steps")
        self._rest, self._seen = None, 0

    @property
    def steps_per_epoch(self):
        """Batches an epoch; None where nobody knows."""
        return self.steps or self.size

    def epoch(self):
        """Yield the `(x, y, sample_weight)` of one epoch's batches."""
        if self.steps is None or self._rest is None:
            self._rest, self._seen = self._all(), 0
        wanted = math.inf if self.steps is None else self._seen + self.steps
        for batch in self._rest:
            self._seen += 1
            yield batch
            if self._seen == wanted:
                break
        else:
            if self.steps is not None or self._seen == 0:
                warnings.warn(
                    "Your input ran out of data; interrupting training. Make sure that there are "
                    "at least `steps_per_epoch` batches for every epoch.",
                    stacklevel=3,
                )
            self._rest = None
        if self._seen == self.size:
            self._rest = None

    def restart(self):
        """Let the next epoch begin at the beginning, wherever the last one stopped."""
        self._rest = None


class Batches(Epochs):
    """Arrays cut into batches, epoch after epoch.

    Args:
        x, y, sample_weight: arrays or structures of them.
        batch_size: samples a batch; None for 32, or what makes `steps` batches of all samples.
        steps: batches an epoch; None for as many as it takes to see every sample. With fewer
            than that the next epoch goes on where the last one stopped.
        shuffle: whether the samples come in a random order, new in each epoch: True,
            `"batch"` (only within each batch), or a generator to draw the orders from, anything
            that has `permutation(n)`.
        class_weight: `{class: weight}`, instead of `sample_weight`.

    Raises:
        ValueError: if the numbers of samples differ, for what is not an array, and for a
            `batch_size` that is no positive integer or `steps` that is no integer of 0 or more.
    """

    def __init__(
        self,
        x,
        y=None,
        sample_weight=None,
        batch_size=None,
        steps=None,
        shuffle=False,
        class_weight=None,
    ):
        self.x, self.y = as_arrays(x, "x"), as_arrays(y, "y")
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError("You cannot pass `class_weight` and `sample_weight` together.")
            sample_weight = class_weight_to_sample_weights(self.y, class_weight)
        self.sample_weight = self._spread(as_arrays(sample_weight, "sample_weight"))
        self.samples = count_samples(self.x, self.y, self.sample_weight)
        super().__init__(steps)
        if batch_size is None:
            batch_size = math.ceil(self.samples / self.steps) if self.steps else 32
        self.batch_size = positive_integer(batch_size, "batch_size")
        self.size = math.ceil(self.samples / self.batch_size)
        self.shuffle, self.generator = bool(shuffle) and shuffle != "batch", None
        self.shuffle_within = shuffle == "batch"
        if shuffle:
            drawn = hasattr(shuffle, "permutation")
            self.generator = shuffle if drawn else random.SeedGenerator().generator

    def _spread(self, sample_weight):
        """One array of weights for several outputs goes to each of them."""
        if sample_weight is None or not isinstance(self.y, (list, tuple, dict)):
            return sample_weight
        if isinstance(sample_weight, (list, tuple, dict)):
            if len(tree.flatten(sample_weight)) != len(tree.flatten(self.y)):
                raise ValueError(
                    "You should provide one `sample_weight` array per output in `y`. Received "
                    f"{len(tree.flatten(sample_weight))} for {len(tree.flatten(self.y))} outputs."
                )
            return sample_weight
        if sample_weight.ndim > 2 or (sample_weight.ndim == 2 and sample_weight.shape[1] != 1):
            raise ValueError(
                "For a model with multiple outputs a single `sample_weight` array should have one "
                f"number per sample. Received: sample_weight.shape={sample_weight.shape}"
            )
        return tree.map_structure(lambda _: sample_weight, self.y)

    def _all(self):
        order = self.generator.permutation(self.samples) if self.shuffle else None
        for start in range(0, self.samples, self.batch_size):
            stop = min(start + self.batch_size, self.samples)
            rows = slice(start, stop)
            if self.shuffle:
                rows = order[rows]
            elif self.shuffle_within:
                rows = self.generator.permutation(stop - start) + start
            yield (
                self._take(self.x, rows),
                self._take(self.y, rows),
                self._take(self.sample_weight, rows),
            )

    def _take(self, structure, rows):
        if isinstance(structure, np.ndarray):
            return structure[rows] if isinstance(rows, slice) else structure.take(rows, axis=0)
        return tree.map_structure(
            lambda leaf: None if leaf is None else self._take(leaf, rows), structure
        )


class Stream(Epochs):
    """Batches that somebody else has cut: `(x,)`, `(x, y)` or `(x, y, sample_weight)` each.

    Args:
        source: an iterator (a generator), which is gone through once, so that `steps` says where
            an epoch ends; or what can be gone through anew in every epoch: a
            `keras.utils.PyDataset`, a `tf.data.Dataset`, a `DataLoader` of PyTorch, any object
            with `__iter__` or with `__len__` and `__getitem__`.
        steps: see `Epochs`.
        shuffle: whether a source with `__len__` and `__getitem__` is read in a random order, new
            in each epoch; others come in their own.
        class_weight: `{class: weight}`, where the batches have no `sample_weight`.

    Raises:
        ValueError: for a batch that is none, as in `Batches`.
    """

    def __init__(self, source, steps=None, shuffle=False, class_weight=None):
        super().__init__(steps)
        self.source, self.class_weight = source, class_weight
        self.indexed = hasattr(source, "__getitem__") and hasattr(source, "__len__")
        self.generator = random.SeedGenerator().generator if shuffle and self.indexed else None

    @property
    def size(self):
        """The number of batches, where the source says it."""
        try:
            return len(self.source)
        except TypeError:  # a generator; a dataset of TensorFlow that does not know
            return None

    def epoch(self):
        """Yield one epoch's batches between the source's `on_epoch_begin` and `on_epoch_end`."""
        getattr(self.source, "on_epoch_begin", _nothing)()
        try:
            yield from super().epoch()
        finally:
            getattr(self.source, "on_epoch_end", _nothing)()

    def _all(self):
        for item in self._items():
            x, y, sample_weight = unpack(item)
            batch = Batches(x, y, sample_weight, class_weight=self.class_weight)
            yield batch.x, batch.y, batch.sample_weight

    def _items(self):
        if not self.indexed:
            return iter(self.source)
        order = range(len(self.source))
        if self.generator is not None:
            order = self.generator.permutation(len(order)).tolist()
        return (self.source[index] for index in order)


class Replayed:
    """An iterator that can be gone through again: what it has given once it gives first.

    Args:
        iterator: its batches are kept in memory as they come.
    """

    def __init__(self, iterator):
        self.iterator, self.seen = iterator, []

    def __iter__(self):
        yield from self.seen
        for batch in self.iterator:
            self.seen.append(batch)
            yield batch


def _nothing():
    """What a source does at the ends of an epoch if it does not say."""


def is_stream(x):
    """Whether `x` yields batches rather than being arrays."""
    if isinstance(x, Iterator):
        return True
    is_data = isinstance(x, (list, tuple, dict, str, bytes)) or hasattr(x, "__array__")
    return not is_data and (hasattr(x, "__iter__") or hasattr(x, "__getitem__"))


def batches_of(
    x, y=None, sample_weight=None, batch_size=None, steps=None, shuffle=False, class_weight=None
):
    """`Batches` of arrays, or the `Stream` of what yields batches.

    Raises:
        ValueError: for arguments that go with arrays alone beside what yields batches.
    """
    if not is_stream(x):
        return Batches(x, y, sample_weight, batch_size, steps, shuffle, class_weight)
    beside = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
    for name, value in beside.items():
        if value is not None:
            raise ValueError(
                f"`{name}` cannot be given when `x` yields the batches itself: each of them is "
                "`(x,)`, `(x, y)` or `(x, y, sample_weight)`. Received: x of type "
                f"{type(x).__name__}"
            )
    return Stream(x, steps, bool(shuffle), class_weight)
