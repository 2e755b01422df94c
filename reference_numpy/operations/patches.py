"""Operations that cut arrays into windows and sequences, and put them together again."""

import math
from collections.abc import Sequence

import numpy as np

from reference_numpy.kernels.windows import Windows, output_length
from reference_numpy.layers.argument_validation import (
    standardize_data_format,
    standardize_padding,
    standardize_tuple,
)
from reference_numpy.layers.data_format import from_channels_last, to_channels_last
from reference_numpy.operations.operation import Operation
from reference_numpy.operations.shapes import Rearrangement


def cut(x, windows):
    """Windows of x: (batch, *sizes, channels) to (batch, *output_size, *window_size, channels)."""
    return windows.view(np.ascontiguousarray(windows.pad(x)))


def put_together(parts, windows):
    """The transposed map: every number is the sum of what the windows have at its place."""
    batch, channels = parts.shape[0], parts.shape[-1]
    padded = np.zeros((batch, *windows.padded_size, channels), parts.dtype)
    rank = len(windows.window_size)
    by_entry = parts.reshape(batch, *windows.output_size, -1, channels)
    for number, entry in enumerate(windows.entries):
        padded[entry] += by_entry[(slice(None),) * (rank + 1) + (number,)]
    return padded[windows.inside]


class Columns(Rearrangement):
    """The base of the two below: windows over the height and width of images, channels first.

    Args:
        kernel_size, dilation, padding, stride: a number each, or one for the height and one for
            the width: the windows' size, the distance of their entries, the zeros around the
            image, and the distance of the windows.
    """

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        dilation: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        stride: int | Sequence[int] = 1,
        name: str | None = None,
    ):
        super().__init__(name)
        self.kernel_size, self.dilation = kernel_size, dilation
        self.padding, self.stride = padding, stride
        self.window_size = standardize_tuple(kernel_size, 2, "kernel_size")
        self.dilation_rate = standardize_tuple(dilation, 2, "dilation")
        self.before = standardize_tuple(padding, 2, "padding", allow_zero=True)
        self.strides = standardize_tuple(stride, 2, "stride")

    def steps(self, sizes):
        """The number of windows along both axes; None where it is not known."""
        steps = [
            size and output_length(size + 2 * before, window, stride, "valid", dilation)
            for size, before, window, stride, dilation in zip(
                sizes, self.before, self.window_size, self.strides, self.dilation_rate
            )
        ]
        if any(step is not None and step < 1 for step in steps):
            raise ValueError(
                f"Operation '{self.name}': no window fits into images of the size {tuple(sizes)}."
            )
        return steps

    def windows(self, sizes):
        """Where they lie in images of these sizes."""
        return Windows(
            tuple(sizes),
            self.window_size,
            self.strides,
            self.dilation_rate,
            self.before,
            tuple(self.steps(sizes)),
        )

    def unfolded(self, x):
        """Each window's numbers as a column."""
        batch, channels, *sizes = x.shape
        parts = cut(np.moveaxis(x, 1, -1), self.windows(sizes))
        columns = parts.transpose(0, 5, 3, 4, 1, 2)
        return columns.reshape(batch, channels * math.prod(self.window_size), -1)

    def folded(self, columns, sizes):
        """Images of these sizes, each number the sum of those that the columns have of it."""
        windows = self.windows(sizes)
        parts = columns.reshape(len(columns), -1, *self.window_size, *windows.output_size)
        return np.moveaxis(put_together(parts.transpose(0, 4, 5, 2, 3, 1), windows), -1, 1)


class Unfold(Columns, keras="ops.nn"):
    """y has each window of an image as a column; dx[i] = Σ dy where a column has x[i].

    Shapes:
        x: (batch, channels, height, width)   y: (batch, channels · entries, windows)
    """

    def move(self, x):
        """The columns."""
        return self.unfolded(x)

    def move_backward(self, dy, shape):
        """The images."""
        return self.folded(dy, shape[2:])

    def shape(self, x):
        """(batch, channels · entries, windows)."""
        if len(x) != 4:
            raise ValueError(f"Operation '{self.name}' takes images of 4 axes, not {len(x)}.")
        steps = self.steps(x[2:])
        channels = x[1] and x[1] * math.prod(self.window_size)
        return x[0], channels, None if None in steps else math.prod(steps)


class Fold(Columns, keras="ops.nn"):
    """y[i] = Σ x where a column has that place, the transpose of `Unfold`; dx is dy unfolded.

    Args:
        output_size: a number, or one for the height and one for the width.

    Raises:
        ValueError: for columns of another number or length than the windows are.

    Shapes:
        x: (batch, channels · entries, windows)   y: (batch, channels, height, width)
    """

    def __init__(
        self,
        output_size: int | Sequence[int],
        kernel_size: int | Sequence[int],
        dilation: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        stride: int | Sequence[int] = 1,
        name: str | None = None,
    ):
        super().__init__(kernel_size, dilation, padding, stride, name)
        self.output_size = output_size
        self.sizes = standardize_tuple(output_size, 2, "output_size")

    def move(self, x):
        """The images."""
        return self.folded(x, self.sizes)

    def move_backward(self, dy, shape):
        """The columns."""
        return self.unfolded(dy)

    def shape(self, x):
        """(batch, channels, height, width)."""
        windows, entries = math.prod(self.steps(self.sizes)), math.prod(self.window_size)
        if len(x) != 3 or (x[1] or 0) % entries or x[2] not in (None, windows):
            raise ValueError(
                f"Operation '{self.name}' takes {windows} columns of a multiple of {entries} "
                f"numbers: (batch, numbers, columns). Received: shape={x}"
            )
        return (x[0], x[1] and x[1] // entries, *self.sizes)


class ExtractSequences(Rearrangement, keras="ops.math"):
    """y has the sequences of some length on the last axis of x; dx[i] = Σ dy where one has x[i].

    Args:
        sequence_length: how long they are.
        sequence_stride: how far from one to the next.

    Raises:
        ValueError: where no sequence fits.

    Shapes:
        x: (…, samples)   y: (…, sequences, sequence_length)
    """

    def __init__(self, sequence_length: int, sequence_stride: int, name: str | None = None):
        super().__init__(name)
        self.sequence_length, self.sequence_stride = sequence_length, sequence_stride
        standardize_tuple((sequence_length, sequence_stride), 2, "sequence_length, sequence_stride")

    def _windows(self, samples):
        return Windows.of((samples,), (self.sequence_length,), (self.sequence_stride,), "valid")

    def move(self, x):
        """The sequences."""
        y = cut(x.reshape(-1, x.shape[-1], 1), self._windows(x.shape[-1]))
        return y.reshape(*x.shape[:-1], -1, self.sequence_length)

    def move_backward(self, dy, shape):
        """The sums."""
        parts = dy.reshape(-1, *dy.shape[-2:], 1)
        return put_together(parts, self._windows(shape[-1])).reshape(shape)

    def shape(self, x):
        """x's with sequences in place of the samples."""
        samples = x[self.axis_of(-1, len(x))]
        number = output_length(samples, self.sequence_length, self.sequence_stride, "valid")
        if number is not None and number < 1:
            raise ValueError(
                f"Operation '{self.name}': {samples} samples have no sequence of "
                f"{self.sequence_length}."
            )
        return (*x[:-1], number, self.sequence_length)


class ExtractPatches(Operation, keras="ops.image"):
    """y has each window's numbers as the channels of a pixel; dx[i] = Σ dy where one has x[i].

    Args:
        size: a number, or one for each of two or three spatial axes.
        strides: the distance of the windows, likewise; None for their size.
        dilation_rate: the distance of their entries, likewise.
        padding: `"valid"` or `"same"`.
        data_format: `"channels_last"` (the default for None), or `"channels_first"`.

    Raises:
        ValueError: for other arguments, images of another rank, and where no window fits.

    Shapes:
        x: (batch, *sizes, channels)   y: (batch, *windows, entries · channels)
        without the batch axis where x has none
    """

    def __init__(
        self,
        size: int | Sequence[int],
        strides: int | Sequence[int] | None = None,
        dilation_rate: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        name: str | None = None,
    ):
        super().__init__(name)
        self.size = (size, size) if isinstance(size, int) else tuple(size)
        self.rank = len(self.size)
        if self.rank not in (2, 3):
            raise ValueError(f"Operation '{self.name}' takes a size of 2 or 3 axes, not {size}.")
        # Keras puts the default into the config as it does the size.
        self.strides = size if strides is None else strides
        self.dilation_rate, self.padding = dilation_rate, padding
        self.data_format = standardize_data_format(data_format)
        self.each = [
            standardize_tuple(value, self.rank, name)
            for name, value in (
                ("size", size),
                ("strides", self.strides),
                ("dilation_rate", dilation_rate),
            )
        ]
        standardize_padding(padding)

    def forward(self, images):
        """The patches; backward needs the windows and the shape of a batch of images."""
        has_batch = images.ndim == self.rank + 2
        x = to_channels_last(images if has_batch else images[None], self.data_format)
        size, strides, dilation = self.each
        padding = standardize_padding(self.padding)
        windows = Windows.of(x.shape[1:-1], size, strides, padding, dilation)
        parts = cut(x, windows)
        y = parts.reshape(*parts.shape[: self.rank + 1], -1)
        y = from_channels_last(y, self.data_format)
        return y if has_batch else y[0], (windows, parts.shape, has_batch)

    def backward(self, dy, cache):
        """The sums."""
        windows, shape, has_batch = cache
        dy = to_channels_last(dy if has_batch else dy[None], self.data_format)
        dx = from_channels_last(put_together(dy.reshape(shape), windows), self.data_format)
        return (dx if has_batch else dx[0],)

    def shape(self, images):
        """The number of windows in place of the sizes, entries times as many channels."""
        if len(images) not in (self.rank + 1, self.rank + 2):
            raise ValueError(
                f"Operation '{self.name}' takes images of {self.rank + 1} or {self.rank + 2} axes. "
                f"Received: shape={images}"
            )
        first = self.data_format == "channels_first"
        batch, rest = images[: -self.rank - 1], images[-self.rank - 1 :]
        channels, sizes = (rest[0], rest[1:]) if first else (rest[-1], rest[:-1])
        padding = standardize_padding(self.padding)
        steps = [
            output_length(length, window, stride, padding, dilation)
            for length, window, stride, dilation in zip(sizes, *self.each)
        ]
        if any(step is not None and step < 1 for step in steps):
            raise ValueError(
                f"Operation '{self.name}': no window fits into images of the shape {images}."
            )
        channels = channels and channels * math.prod(self.size)
        return (*batch, channels, *steps) if first else (*batch, *steps, channels)

    def get_config(self):
        """The arguments; Keras leaves out the name."""
        names = ("size", "strides", "dilation_rate", "padding", "data_format")
        own = super().get_config()
        return {name: own[name] for name in names}
