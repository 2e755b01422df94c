"""Fourier transforms of overlapping frames of a signal, and the signal from these.

A complex array is a pair, its real and its imaginary part, as in `fourier`.
"""

import numpy as np

from reference_numpy.annotations import ArrayLike
from reference_numpy.initializers.windows import window as window_values
from reference_numpy.operations.fourier import (
    ComplexTransform,
    complex_of,
    irfft_backward,
    parts_of,
    resized,
)
from reference_numpy.operations.operation import Operation


class ShortTime:
    """What the two short-time transforms share: the window, and the frames' length, stride, margin.

    Args:
        sequence_length: how many samples the window lets through.
        sequence_stride: samples from one frame to the next.
        fft_length: N, the frames' length, with zeros on both sides of the window.
        window: `"hann"`, `"hamming"`, `sequence_length` numbers, or None for frames as they are.
        center: whether the first frame has its middle at the first sample: the signal goes on
            beyond both ends for ⌊N / 2⌋ samples.

    Raises:
        ValueError: for a stride below 1, an N below `sequence_length`, or an unknown window.
    """

    def _set(self, sequence_length, sequence_stride, fft_length, window, center):
        if sequence_stride < 1 or not 1 <= sequence_length <= fft_length:
            raise ValueError(
                f"Operation '{self.name}': `sequence_stride` must be positive, and `fft_length` no "
                f"less than `sequence_length`. Received: sequence_length={sequence_length}, "
                f"sequence_stride={sequence_stride}, fft_length={fft_length}"
            )
        known = window in ("hann", "hamming") if isinstance(window, str) else True
        if not known or (isinstance(window, (list, tuple)) and len(window) != sequence_length):
            raise ValueError(
                f"Operation '{self.name}': `window` must be 'hann', 'hamming', `sequence_length` "
                f"numbers or None. Received: {window!r}"
            )
        self.sequence_length, self.sequence_stride = sequence_length, sequence_stride
        self.fft_length, self.window, self.center = fft_length, window, center

    @property
    def margin(self):
        """Samples that the signal goes on for beyond both ends."""
        return self.fft_length // 2 if self.center else 0

    def window_values(self, dtype):
        """The window over a frame."""
        if self.window is None:
            return np.ones(self.fft_length, dtype)
        values = self.window
        if isinstance(values, str):
            values = window_values(values, self.sequence_length, periodic=True)
        missing = self.fft_length - self.sequence_length
        return np.pad(values, (missing // 2, missing - missing // 2)).astype(dtype)


def frames_of(x, length, stride):
    """The overlapping frames of a signal: (…, frames, length)."""
    return np.lib.stride_tricks.sliding_window_view(x, length, axis=-1)[..., ::stride, :]


def overlap_add(frames, stride):
    """The signal whose samples are the sums of the frames that lie over them.

    Frames in pieces of `stride` samples: the piece p of frame f lies over the piece f + p of the
    signal.
    """
    *rest, number, length = frames.shape
    pieces = -(-length // stride)
    frames = resized(frames, pieces * stride).reshape(*rest, number, pieces, stride)
    signal = np.zeros((*rest, number + pieces - 1, stride), frames.dtype)
    for piece in range(pieces):
        signal[..., piece : piece + number, :] += frames[..., piece, :]
    return signal.reshape(*rest, -1)[..., : (number - 1) * stride + length]


class STFT(ShortTime, Operation, keras="ops.math"):
    """The `RFFT` of overlapping frames of a signal, each times a window w.

    Where the signal is centered, it is mirrored at both ends. Backward, dframe = w Re Fᴴ dy is
    added up over the samples of each frame, and the mirrored samples' gradients to their own.

    Shapes: x (…, samples); y twice (…, frames, ⌊N / 2⌋ + 1).

    Args: see `ShortTime`.

    Raises:
        ValueError: for arguments as there, and a signal too short for a frame or for its mirror.
    """

    floating = True

    def __init__(
        self,
        sequence_length: int,
        sequence_stride: int,
        fft_length: int,
        window: str | ArrayLike | None = "hann",
        center: bool = True,
        name: str | None = None,
    ):
        super().__init__(name)
        self._set(sequence_length, sequence_stride, fft_length, window, center)

    def forward(self, x):
        """The two parts of the frames' transforms."""
        (signal,) = self.promoted(x)
        signal = np.pad(signal, [(0, 0)] * (x.ndim - 1) + [(self.margin,) * 2], "reflect")
        frames = frames_of(signal, self.fft_length, self.sequence_stride)
        return parts_of(np.fft.rfft(frames * self.window_values(signal.dtype))), x

    def backward(self, dy, cache):
        """The gradients of the frames' samples added up."""
        x, before, size = cache, self.margin, cache.shape[-1]
        if x.dtype.kind != "f":
            return (None,)
        dframes = np.fft.ifft(complex_of(dy), self.fft_length, norm="forward").real
        dsignal = overlap_add(dframes * self.window_values(dframes.dtype), self.sequence_stride)
        dsignal = resized(dsignal, size + 2 * before)  # samples behind the last frame
        dx = dsignal[..., before : before + size].astype(x.dtype)
        if before:
            dx[..., 1 : before + 1] += dsignal[..., :before][..., ::-1]
            dx[..., size - 1 - before : size - 1] += dsignal[..., before + size :][..., ::-1]
        return (dx,)

    def shape(self, x):
        """x's with frames and frequencies in place of samples, twice."""
        samples = x[self.axis_of(-1, len(x))]
        frames = None
        if samples is not None:
            spare = samples + 2 * self.margin - self.fft_length
            if spare < 0 or samples <= self.margin:
                raise ValueError(f"Operation '{self.name}': {samples} samples are too few.")
            frames = 1 + spare // self.sequence_stride
        y = (*x[:-1], frames, self.fft_length // 2 + 1)
        return y, y


class ISTFT(ShortTime, ComplexTransform, keras="ops.math"):
    """The signal that an `STFT` is of: a mean of its frames, which are got by `IRFFT`.

    y = Σ w frame / Σ w², both over the frames that lie over the sample; w is 1 without a window,
    y 0 where none lets the sample through. Backward, dframe = w dy / Σ w².

    Shapes: x twice (…, frames, ⌊N / 2⌋ + 1); y (…, samples).

    Args: see `ShortTime`, and
        length: how many samples are left; None for all, without what lay beyond the ends.

    Raises:
        ValueError: for arguments as there, what is no pair of arrays of one shape, and a `length`
            that the frames do not cover.
    """

    ndim = 2

    def __init__(
        self,
        sequence_length: int,
        sequence_stride: int,
        fft_length: int,
        length: int | None = None,
        window: str | ArrayLike | None = "hann",
        center: bool = True,
        name: str | None = None,
    ):
        super().__init__(name)
        self._set(sequence_length, sequence_stride, fft_length, window, center)
        self.length = length

    def forward(self, x):
        """The samples."""
        frames = np.fft.irfft(complex_of(self.promoted_pair(x)), self.fft_length)
        signal = overlap_add(frames * self.window_values(frames.dtype), self.sequence_stride)
        signal /= self._squares(frames.shape[-2], frames.dtype)
        return signal[..., self._kept(signal.shape[-1])], x

    def backward(self, dy, cache):
        """The gradients of the frames' spectra."""
        number, frequencies = cache[0].shape[-2:]
        squares = self._squares(number, dy.dtype)
        dsignal = np.zeros((*dy.shape[:-1], squares.size), dy.dtype)
        dsignal[..., self._kept(squares.size)] = dy
        dframes = frames_of(dsignal / squares, self.fft_length, self.sequence_stride)
        dframes = dframes * self.window_values(dy.dtype)
        return (self.like(irfft_backward(dframes, frequencies), cache),)

    def _kept(self, size):
        start = self.fft_length // 2 if self.center else 0
        return slice(start, size - start if self.length is None else start + self.length)

    def _squares(self, number, dtype):
        """Σ w² at every sample of so many frames; 1 where no window lets it through."""
        windows = np.tile(self.window_values(dtype) ** 2, (number, 1))
        squares = overlap_add(windows, self.sequence_stride)
        return np.where(squares > 0, squares, 1)

    def shape(self, x):
        """x's with samples in place of frames and frequencies."""
        self.check(x)
        *rest, frames, _ = x[0]
        if frames is None:
            return (*rest, self.length)
        size = (frames - 1) * self.sequence_stride + self.fft_length
        kept = self._kept(size)
        if not 0 <= kept.start <= kept.stop <= size:
            raise ValueError(f"Operation '{self.name}': {frames} frames are too few.")
        return (*rest, kept.stop - kept.start)
