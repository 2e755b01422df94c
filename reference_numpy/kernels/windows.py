"""Where the windows of a convolution or a pooling lie."""

import functools
import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

#: Bytes of a working array: few enough for a core's caches, and as many, since threads wait for one
#: another where a call of NumPy ends.
BLOCK_BYTES = 2**22


def output_length(length, window, stride, padding, dilation=1):
    """Number of windows along one axis; None where `length` is, below 1 where none fits.

    With the window's extent e = (window − 1) · dilation + 1:

        valid: ⌊(length − e) / stride⌋ + 1        same, causal: ⌈length / stride⌉
    """
    if length is None:
        return None
    if padding == "valid":
        return (length - (window - 1) * dilation - 1) // stride + 1
    return -(-length // stride)


@dataclass(frozen=True)
class Windows:
    """Windows over the spatial axes: entry `position` of window `o` lies on axis i at

        o_i · strides_i + position_i · dilation_rate_i − before_i

    and what lies outside of the input is padding. All fields have one entry a spatial axis.

    Args:
        input_size: sizes of the input.
        window_size: sizes of the window (of the kernel, of the pool).
        strides: distances between neighbouring windows.
        dilation_rate: distances between neighbouring entries of a window.
        before: padding before the first entry.
        output_size: number of windows.
    """

    input_size: tuple
    window_size: tuple
    strides: tuple
    dilation_rate: tuple
    before: tuple
    output_size: tuple

    @classmethod
    @functools.lru_cache(maxsize=1024)
    def of(cls, input_size, window_size, strides, padding, dilation_rate=None, output_size=None):
        """The windows of a layer's `padding`.

        `"valid"` pads nothing, `"same"` so that there are ⌈input / stride⌉ windows (half of it
        before, the odd entry after), `"causal"` all of it before. A transposed convolution, whose
        input is `output_size`, gives that too.
        """
        dilation_rate = dilation_rate or (1,) * len(input_size)
        axes = list(zip(input_size, window_size, strides, dilation_rate, strict=True))
        if output_size is None:
            output_size = tuple(output_length(n, k, s, padding, d) for n, k, s, d in axes)
        before = tuple(
            0
            if padding == "valid"
            else (k - 1) * d
            if padding == "causal"
            else max((o - 1) * s + (k - 1) * d + 1 - n, 0) // 2
            for (n, k, s, d), o in zip(axes, output_size, strict=True)
        )
        return cls(input_size, window_size, strides, dilation_rate, before, output_size)

    @functools.cached_property
    def padded_size(self):
        """Sizes of the input with its padding before and after."""
        axes = zip(
            self.input_size,
            self.window_size,
            self.strides,
            self.dilation_rate,
            self.before,
            self.output_size,
            strict=True,
        )
        return tuple(max(p + n, (o - 1) * s + (k - 1) * d + 1) for n, k, s, d, p, o in axes)

    @functools.cached_property
    def entries(self):
        """For every entry of a window, in row-major order: its places in the padded input.

        A tuple of slices; `padded[entry]` is (batch, *output_size, channels).
        """
        positions = itertools.product(*map(range, self.window_size))
        return [
            (slice(None), *map(self._places, position, range(len(position))))
            for position in positions
        ]

    def _places(self, position, axis):
        start, stride = position * self.dilation_rate[axis], self.strides[axis]
        return slice(start, start + (self.output_size[axis] - 1) * stride + 1, stride)

    @functools.cached_property
    def inside(self):
        """The input's place in the padded input, as slices."""
        pairs = zip(self.before, self.input_size, strict=True)
        return (slice(None), *(slice(p, p + n) for p, n in pairs))

    @functools.cached_property
    def is_padded(self):
        """Whether there is any padding."""
        return self.padded_size != self.input_size

    @functools.cached_property
    def tiles(self):
        """Whether every entry of the input lies in exactly one window."""
        covered = tuple(map(math.prod, zip(self.output_size, self.window_size, strict=True)))
        return self.strides == self.window_size and covered == self.input_size == self.padded_size

    def pad(self, x, value=0):
        """x with its padding of `value`; x itself where there is none."""
        if not self.is_padded:
            return x
        shape = (x.shape[0], *self.padded_size, x.shape[-1])
        padded = np.full_like(x, value, shape=shape)  # which lies in memory as x does
        padded[self.inside] = x
        return padded

    def view(self, padded):
        """All windows of a padded input: (batch, *output_size, *window_size, channels), a view."""
        batch, *steps, channel = padded.strides
        shape = (padded.shape[0], *self.output_size, *self.window_size, padded.shape[-1])
        between = [step * s for step, s in zip(steps, self.strides, strict=True)]
        within = [step * d for step, d in zip(steps, self.dilation_rate, strict=True)]
        strides = (batch, *between, *within, channel)
        return np.lib.stride_tricks.as_strided(padded, shape, strides, writeable=False)

    @functools.cached_property
    def slices(self):
        """The windows cut across the first axis: a slice at every place of the padded input."""
        return Windows(
            self.padded_size,
            (1, *self.window_size[1:]),
            (1, *self.strides[1:]),
            self.dilation_rate,
            (0,) * len(self.window_size),
            (self.padded_size[0], *self.output_size[1:]),
        )

    @functools.cached_property
    def counts(self):
        """Number of entries inside the input: of each window, or one number where all are full."""
        if not self.is_padded:
            return math.prod(self.window_size)
        inside = self.view(self.pad(np.ones((1, *self.input_size, 1), np.int32)))
        rank = len(self.input_size)
        return inside.sum(axis=tuple(range(1 + rank, 1 + 2 * rank)))[0]

    @functools.cached_property
    def mirrored(self):
        """For strides of 1: the windows over the output that reach each entry of the input.

        Entry `i` of the input lies in the windows i + before − position · dilation; counted from
        the kernel's end, position′ = window − 1 − position, those are again windows.
        """
        axes = zip(self.window_size, self.dilation_rate, self.before, strict=True)
        before = tuple((k - 1) * d - p for k, d, p in axes)
        return Windows(
            self.output_size,
            self.window_size,
            self.strides,
            self.dilation_rate,
            before,
            self.input_size,
        )


@functools.lru_cache(maxsize=1024)
def cut(windows, axis, start, stop):
    """The windows from `start` to `stop` of an axis, and the places of the input that they reach.

    The windows that this gives are over the input cut to these places.
    """
    stride, before = windows.strides[axis], windows.before[axis]
    extent = (windows.window_size[axis] - 1) * windows.dilation_rate[axis] + 1
    first, end = start * stride - before, (stop - 1) * stride + extent - before
    places = slice(max(first, 0), min(end, windows.input_size[axis]))

    def with_entry(sizes, entry):
        return (*sizes[:axis], entry, *sizes[axis + 1 :])

    part = replace(
        windows,
        input_size=with_entry(windows.input_size, max(0, places.stop - places.start)),
        before=with_entry(windows.before, places.start - first),
        output_size=with_entry(windows.output_size, stop - start),
    )
    return part, places


def blocks(part, bytes_each):
    """Slices of an axis whose working arrays fit the cache; at least one, maybe empty.

    Args:
        part: the slice of the axis that they make up.
        bytes_each: size of the working array that one place of the axis needs.
    """
    start, stop = part.start, part.stop
    step = max(1, min(stop - start, BLOCK_BYTES // max(1, bytes_each)))
    return [slice(s, min(s + step, stop)) for s in range(start, max(start + 1, stop), step)]
