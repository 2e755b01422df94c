"""What `fit` is given, checked and cut into batches."""

import math
import warnings

import numpy as np

from reference_numpy import config, random, tree


def as_arrays(structure, name):
    """Every leaf of `structure` as an array with a batch axis; floats in `config.floatx()`.

    Only `x` may hold text, for the layers that look it up.

    Raises:
        ValueError: for leaves that are no arrays of numbers, and for NaN.
    """

    def convert(leaf):
        if leaf is None:
            return None
        array = np.asarray(leaf)
        usable = array.dtype.kind in "fiub" or name == "x" and _is_text(array)
        if array.ndim == 0 or not usable:
            received = f"{leaf!r} of type {type(leaf).__name__}"
            if array.ndim:
                received = f"an array of shape {array.shape} and dtype {array.dtype}"
            raise ValueError(
                f"Expected all elements of `{name}` to be arrays of numbers with a batch axis; a "
                "list is taken as several inputs or outputs, so make an array of one that is not. "
                f"Received among them: {received}"
            )
        if array.dtype.kind == "f":
            array = array.astype(config.floatx(), copy=False)
            # The smallest number is NaN if any is: quicker than looking at each.
            if array.size and np.isnan(array.min()):
                count = int(np.isnan(array).sum())
                raise ValueError(f"`{name}` contains NaN ({count} of {array.size} numbers).")
        return array

    return tree.map_structure(convert, structure)


def _is_text(array):
    if array.dtype.kind != "O":
        return array.dtype.kind in "SU"
    return all(isinstance(item, (str, bytes)) for item in array.reshape(-1)[:1000])


def unpack(data):
    """`(x, y, sample_weight)` from validation data: x, `(x,)`, `(x, y)` or all three."""
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if len(data) > 3:
        raise ValueError(
            "Data is expected to be `x`, `(x,)`, `(x, y)` or `(x, y, sample_weight)`. Received a "
            f"tuple of {len(data)}."
        )
    return (*data, None, None)[:3]


def class_weight_to_sample_weights(y, class_weight):
    """The weight of each sample's class; 1 for classes that `class_weight` leaves out."""
    if y is None:
        raise ValueError("`class_weight` is given, but no targets `y`.")
    if isinstance(y, (list, tuple, dict)):
        raise ValueError("`class_weight` is only supported for models with a single output.")
    if not isinstance(class_weight, dict):
        raise ValueError(
            "Expected `class_weight` to be a dictionary of the classes' weights. Received: "
            f"class_weight={class_weight!r}"
        )
    labels = y
    if labels.ndim > 1:
        labels = labels[..., 0] if labels.shape[-1] == 1 else np.argmax(labels, axis=-1)
    labels = np.round(labels).astype(int)
    weights = np.ones(len(labels), config.floatx())
    for label, weight in class_weight.items():
        weights[labels == label] = weight
    return weights


def count_samples(x, y, sample_weight):
    """The number of samples; ValueError if it is 0, or not the same everywhere."""
    sizes = {
        name: [len(leaf) for leaf in tree.flatten(value) if leaf is not None]
        for name, value in (("x", x), ("y", y), ("sample_weight", sample_weight))
    }
    counts = {size for found in sizes.values() for size in found}
    if len(counts) > 1:
        shown = ", ".join(f"'{name}' sizes: {found}" for name, found in sizes.items() if found)
        raise ValueError(
            "Data cardinality is ambiguous. Make sure all arrays contain the same number of "
            f"samples. {shown}"
        )
    if not sizes["x"] or counts == {0}:
        raise ValueError("Expected at least one sample in `x`. Received none.")
    return counts.pop()


def split(x, y, sample_weight, validation_split):
    """`((x, y, sample_weight), the same of the last part)`; the last part is for validation."""
    if not 0 <= validation_split < 1:
        raise ValueError(
            "`validation_split` must be at least 0 and below 1. Received: "
            f"validation_split={validation_split}"
        )
    data = as_arrays(x, "x"), as_arrays(y, "y"), as_arrays(sample_weight, "sample_weight")
    count = count_samples(*data)
    at = math.floor(count * (1.0 - validation_split))
    if at in (0, count):
        raise ValueError(
            f"Training data contains {count} samples, which is not sufficient to split it as "
            f"specified by `validation_split={validation_split}`. Either provide more data, or a "
            "different value for `validation_split`."
        )

    def part(structure, cut):
        return tree.map_structure(lambda a: None if a is None else a[cut], structure)

    return tuple(part(item, slice(0, at)) for item in data), tuple(
        part(item, slice(at, count)) for item in data
    )


def positive_integer(value, name):
    """`value` as an integer; ValueError unless it is one of 1 or more."""
    if not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"`{name}` must be an integer of 1 or more. Received: {name}={value!r}")
    return int(value)


class Batches:
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
            `batch_size` or `steps` that is no positive integer.
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
        self.steps = None if steps is None else positive_integer(steps, "steps")
        if batch_size is None:
            batch_size = math.ceil(self.samples / self.steps) if self.steps else 32
        self.batch_size = positive_integer(batch_size, "batch_size")
        self.size = math.ceil(self.samples / self.batch_size)
        self.shuffle, self.generator = bool(shuffle) and shuffle != "batch", None
        self.shuffle_within = shuffle == "batch"
        if shuffle:
            drawn = hasattr(shuffle, "permutation")
            self.generator = shuffle if drawn else random.SeedGenerator().generator
        self._rest, self._seen = None, 0

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

    @property
    def steps_per_epoch(self):
        """Batches an epoch."""
        return self.steps or self.size

    def epoch(self):
        """Yield the `(x, y, sample_weight)` of one epoch's batches."""
        if self.steps is None:
            yield from self._all()
            return
        for _ in range(self.steps):
            if self._rest is None:
                self._rest, self._seen = self._all(), 0
            if self._seen == self.size:
                warnings.warn(
                    "Your input ran out of data; interrupting training. Make sure that there are "
                    f"at least `steps_per_epoch` = {self.steps} batches.",
                    stacklevel=3,
                )
                break
            self._seen += 1
            yield next(self._rest)
        if self._seen == self.size:
            self._rest = None

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
