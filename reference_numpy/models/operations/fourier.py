"""Fourier transforms; a complex array is a pair, its real and its imaginary part.

A transform is linear, z = F x, so dx = Fᴴ dz with the gradients of both parts as the parts of one
complex array. Lengths that are sums run over: N.
"""

import numpy as np

from reference_numpy.initializers.windows import window as window_values
from reference_numpy.models.operations.operation import Operation


def _complex(pair):
    real, imaginary = pair
    return real + 1j * imaginary


def _parts(z):
    return z.real, z.imag


class ComplexTransform(Operation):
    """A transform of complex arrays along the last axes.

    A subclass defines `transform(z)`, `adjoint(dy)` = Fᴴ dy and `ndim`, how many axes it takes.

    Raises:
        ValueError: for what is no pair of arrays of one shape, or has too few axes, or axes of
            unknown size to transform.
    """

    floating = True
    ndim = 1

    def promote(self, x):
        """Name of the dtype of the parts."""
        return super().promote(*x)

    def compute(self, x):
        """The two parts of the transform."""
        return _parts(self.transform(_complex(self.promoted_pair(x)))), x

    def promoted_pair(self, x):
        """Both parts in one dtype."""
        return [part.astype(self.promote(x), copy=False) for part in x]

    def slopes(self, dy, cache):
        """The two parts of the adjoint of dy."""
        return (self.like(self.adjoint(_complex(dy)), cache),)

    @staticmethod
    def like(dz, x):
        """The gradients of both parts, where these are floating."""
        pairs = zip(_parts(dz), x)
        return tuple(d.astype(part.dtype) if part.dtype.kind == "f" else None for d, part in pairs)

    def shape(self, x):
        """x's, twice."""
        self.check(x)
        if None in x[0][-self.ndim :]:
            raise ValueError(
                f"Operation '{self.name}': the axes to transform have no known size. "
                f"Received: shape {x[0]}"
            )
        return tuple(x[0]), tuple(x[0])

    def check(self, x):
        """Raise ValueError unless x is a pair of arrays of one shape, of enough axes."""
        pair = isinstance(x, list) and len(x) == 2 and x[0] == x[1]
        if not pair or len(x[0]) < self.ndim:
            raise ValueError(
                f"Operation '{self.name}' takes a real and an imaginary part of one shape, of "
                f"{self.ndim} axes at least. Received: shapes {x}"
            )


class FFT(ComplexTransform):
    """y[k] = Σ x[t] exp(−2πi k t / N) along the last axis;  dx[t] = Σ dy[k] exp(2πi k t / N)."""

    transform = staticmethod(np.fft.fft)
    adjoint = staticmethod(lambda dy: np.fft.ifft(dy, norm="forward"))


class FFT2(ComplexTransform):
    """`FFT` along the last two axes, one after the other."""

    ndim = 2
    transform = staticmethod(np.fft.fft2)
    adjoint = staticmethod(lambda dy: np.fft.ifft2(dy, norm="forward"))


class IFFT2(ComplexTransform):
    """The inverse of `FFT2`, y[t] = Σ x[k] exp(2πi k t / N) / N;  dx = FFT2(dy) / N."""

    ndim = 2
    transform = staticmethod(np.fft.ifft2)
    adjoint = staticmethod(lambda dy: np.fft.fft2(dy, norm="forward"))


class RFFT(Operation):
    """`FFT` of real x: y[k] for k = 0 … ⌊N / 2⌋;  dx[t] = Re Σ of these dy[k] exp(2πi k t / N).

    Args:
        fft_length: N; x is cut or filled up with zeros at the end. None for x's own length.

    Raises:
        ValueError: for an N below 1, or an x without axes.
    """

    floating = True

    def __init__(self, fft_length=None, name=None):
        super().__init__(name)
        _check_length(self, fft_length)
        self.fft_length = fft_length

    def compute(self, x):
        """The two parts of the transform."""
        (numbers,) = self.promoted(x)
        return _parts(np.fft.rfft(numbers, self.fft_length)), x

    def slopes(self, dy, cache):
        """The real part of the adjoint, without what was cut."""
        x, size = cache, cache.shape[-1]
        if x.dtype.kind != "f":
            return (None,)
        dx = np.fft.ifft(_complex(dy), self.fft_length or size, norm="forward").real
        return (_resized(dx, size).astype(x.dtype, copy=False),)

    def shape(self, x):
        """x's with ⌊N / 2⌋ + 1 frequencies on the last axis, twice."""
        length = self.fft_length or x[self.axis_of(-1, len(x))]
        y = (*x[:-1], None if length is None else length // 2 + 1)
        return y, y


def _check_length(operation, length):
    if length is not None and length < 1:
        raise ValueError(
            f"Operation '{operation.name}': `fft_length` must be positive. Received: {length}"
        )


def _resized(x, size):
    """x with its last axis cut, or filled up with zeros."""
    missing = size - x.shape[-1]
    return np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, missing)]) if missing > 0 else x[..., :size]


def irfft_backward(dy, frequencies):
    """The gradient of a spectrum from that of its `np.fft.irfft`.

    y[t] = Σ of c[k] Re x[k] exp(2πi k t / N) / N, where c is 1 for k = 0 and k = N / 2, else 2 for
    the conjugate frequencies;  dx[k] = c[k] Σ dy[t] exp(−2πi k t / N) / N.
    """
    length = dy.shape[-1]
    dx = np.fft.rfft(dy, norm="forward")
    dx[..., 1 : (length + 1) // 2] *= 2
    return _resized(dx, frequencies)


class IRFFT(ComplexTransform):
    """The inverse of `RFFT`: N real numbers from the frequencies 0 … ⌊N / 2⌋.

    See `irfft_backward` for the gradient.

    Args:
        fft_length: N; frequencies beyond are cut, missing ones 0. None for 2 (frequencies − 1).

    Raises:
        ValueError: for an N below 1, and what is no pair of arrays of one shape.
    """

    def __init__(self, fft_length=None, name=None):
        super().__init__(name)
        _check_length(self, fft_length)
        self.fft_length = fft_length

    def compute(self, x):
        """The numbers."""
        return np.fft.irfft(_complex(self.promoted_pair(x)), self.fft_length), x

    def slopes(self, dy, cache):
        """The gradients of both parts."""
        return (self.like(irfft_backward(dy, cache[0].shape[-1]), cache),)

    def shape(self, x):
        """x's with N numbers on the last axis."""
        self.check(x)
        *rest, frequencies = x[0]
        known = self.fft_length or (None if frequencies is None else 2 * (frequencies - 1))
        return (*rest, known)


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
    frames = _resized(frames, pieces * stride).reshape(*rest, number, pieces, stride)
    signal = np.zeros((*rest, number + pieces - 1, stride), frames.dtype)
    for piece in range(pieces):
        signal[..., piece : piece + number, :] += frames[..., piece, :]
    return signal.reshape(*rest, -1)[..., : (number - 1) * stride + length]


class STFT(ShortTime, Operation):
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
        sequence_length,
        sequence_stride,
        fft_length,
        window="hann",
        center=True,
        name=None,
    ):
        super().__init__(name)
        self._set(sequence_length, sequence_stride, fft_length, window, center)

    def compute(self, x):
        """The two parts of the frames' transforms."""
        (signal,) = self.promoted(x)
        signal = np.pad(signal, [(0, 0)] * (x.ndim - 1) + [(self.margin,) * 2], "reflect")
        frames = frames_of(signal, self.fft_length, self.sequence_stride)
        return _parts(np.fft.rfft(frames * self.window_values(signal.dtype))), x

    def slopes(self, dy, cache):
        """The gradients of the frames' samples added up."""
        x, before, size = cache, self.margin, cache.shape[-1]
        if x.dtype.kind != "f":
            return (None,)
        dframes = np.fft.ifft(_complex(dy), self.fft_length, norm="forward").real
        dsignal = overlap_add(dframes * self.window_values(dframes.dtype), self.sequence_stride)
        dsignal = _resized(dsignal, size + 2 * before)  # samples behind the last frame
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


class ISTFT(ShortTime, ComplexTransform):
    """The signal that an `STFT` is of: its frames by `IRFFT`, times v, and added up.

    v[t] = w[t] / Σ of w² over all places of a frame that lie over the same sample, so that the two
    windows amount to 1. Backward, each frame has v times the gradients of its samples.

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
        sequence_length,
        sequence_stride,
        fft_length,
        length=None,
        window="hann",
        center=True,
        name=None,
    ):
        super().__init__(name)
        self._set(sequence_length, sequence_stride, fft_length, window, center)
        self.length = length

    def compute(self, x):
        """The samples."""
        frames = np.fft.irfft(_complex(self.promoted_pair(x)), self.fft_length)
        signal = overlap_add(frames * self._inverse(frames.dtype), self.sequence_stride)
        return signal[..., self._kept(signal.shape[-1])], x

    def slopes(self, dy, cache):
        """The gradients of the frames' spectra."""
        number, frequencies = cache[0].shape[-2:]
        size = self.sequence_stride * (number - 1) + self.fft_length
        dsignal = np.zeros((*dy.shape[:-1], size), dy.dtype)
        dsignal[..., self._kept(size)] = dy
        dframes = frames_of(dsignal, self.fft_length, self.sequence_stride)
        dframes = dframes * self._inverse(dy.dtype)
        return (self.like(irfft_backward(dframes, frequencies), cache),)

    def _kept(self, size):
        start = self.fft_length // 2 if self.center else 0
        return slice(start, size - start if self.length is None else start + self.length)

    def _inverse(self, dtype):
        """v; 0 where no window lets the sample through, and 1 everywhere without a window."""
        values = self.window_values(dtype)
        if self.window is None:
            return values
        stride = self.sequence_stride
        pieces = -(-self.fft_length // stride)
        squares = _resized(values**2, pieces * stride).reshape(pieces, stride).sum(axis=0)
        total = np.tile(squares, pieces)[: self.fft_length]
        return np.divide(values, total, out=np.zeros_like(values), where=total > 0)

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


OFFERED = {
    "ops.math": [FFT, FFT2, IFFT2, RFFT, IRFFT, STFT, ISTFT],
}
