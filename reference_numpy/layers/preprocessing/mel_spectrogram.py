"""Spectra on the mel scale, in decibels."""

import math
from typing import Any

import numpy as np

from reference_numpy import initializers
from reference_numpy.annotations import ArrayLike
from reference_numpy.layers.layer import Layer
from reference_numpy.layers.preprocessing.frames import Frames

_TEN_OVER_LOG_10 = 10.0 / math.log(10.0)


def hertz_to_mel(frequency):
    """mel(f) = 1127 ln(1 + f / 700): steps that sound equal are equal."""
    return 1127.0 * np.log1p(np.asarray(frequency) / 700.0)


def mel_matrix(bins, mel_bins, sampling_rate, lowest, highest):
    """The weights (bins, mel_bins) that turn a spectrum into mel bins.

    Mel bin m is a triangle over the mel scale: 0 at its neighbours' centres and 1 at its own, with
    mel_bins + 2 centres spaced evenly from mel(lowest) to mel(highest). Frequency 0 counts nowhere.
    """
    mel = hertz_to_mel(np.linspace(0.0, sampling_rate / 2.0, bins))[:, None]
    centres = np.linspace(hertz_to_mel(lowest), hertz_to_mel(highest), mel_bins + 2)
    below, centre, above = centres[:-2], centres[1:-1], centres[2:]
    rising, falling = (mel - below) / (centre - below), (above - mel) / (above - centre)
    weights = np.maximum(0.0, np.minimum(rising, falling))
    weights[0] = 0.0
    return weights


class MelSpectrogram(Layer):
    """S = |X|^mag_exp · W, frame by frame, then decibels: how loud each mel bin is at each time.

    X is the Fourier transform of the windowed frames of the signal, which is mirrored at both ends
    by half a transform, and W the weights of the mel bins (`mel_matrix`). With `power_to_db`

        L = 10 log₁₀ max(S, min_power) − 10 log₁₀ max(|ref_power|, min_power)
        y = max(L, max(L) − top_db),    the inner maximum over the whole batch

    Backward: dL = dy where L ≥ max(L) − top_db; what dy is elsewhere goes to the place of the
    maximum (in equal shares where there are several). dS = 10 / ln 10 · dL / S where S ≥ min_power;
    d|X|^e = dS Wᵀ; dX = e |X|^(e−2) X d|X|^e, 0 where X is 0; then the adjoint transform, window,
    overlapping sum and mirror.

    Shapes:
        x: (batch, samples) or (samples,)   y: (batch, num_mel_bins, frames) or (num_mel_bins,
        frames), with 1 + samples // sequence_stride frames for an even `fft_length`

    Args:
        fft_length: length of the transform.
        sequence_stride: samples from one frame to the next.
        sequence_length: samples under the window, no more than `fft_length`; None for as many.
        window: `"hann"`, `"hamming"`, `sequence_length` numbers, or None.
        sampling_rate: samples a second.
        num_mel_bins: number of mel bins.
        min_freq, max_freq: lowest and highest frequency, in hertz; None for half the sampling rate.
        power_to_db: whether to put out decibels.
        top_db: how far below the loudest entry the output ends, in decibels.
        mag_exp: exponent of the magnitude: 2 for power, 1 for magnitude.
        min_power: the smallest power that counts.
        ref_power: the power of 0 decibels.

    Raises:
        ValueError: for an `fft_length` below `sequence_length`, an unknown window, or a signal
            too short to be mirrored by half a transform.

    Source: Stevens, Volkmann & Newman 1937; the constants are those of the Hidden Markov Model
    Toolkit.
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: str | ArrayLike | None = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.fft_length = fft_length
        self.sequence_stride = sequence_stride
        self.sequence_length = sequence_length or fft_length
        if fft_length < self.sequence_length:
            raise ValueError(
                f"Layer '{self.name}': `fft_length` must be no less than `sequence_length`. "
                f"Received: sequence_length={self.sequence_length}, fft_length={fft_length}"
            )
        if isinstance(window, str) and window not in ("hann", "hamming"):
            raise ValueError(
                f"Layer '{self.name}': `window` must be 'hann', 'hamming', an array or None. "
                f"Received: window={window!r}"
            )
        self.window = window
        self.sampling_rate = sampling_rate
        self.num_mel_bins = num_mel_bins
        self.min_freq = min_freq
        self.max_freq = max_freq or int(sampling_rate / 2)
        self.power_to_db = power_to_db
        self.top_db = top_db
        self.mag_exp = mag_exp
        self.min_power = min_power
        self.ref_power = ref_power
        self.built = True

    def forward(self, inputs, training=False):
        """The spectra, and what backward needs: the frames' places, X, S and L."""
        dtype = np.dtype("float64" if self.compute_dtype == "float64" else "float32")
        x = np.atleast_2d(inputs).astype(dtype, copy=False)
        frames = Frames(x.shape[1], self.fft_length, self.sequence_stride, self._window())
        if x.shape[1] <= self.fft_length // 2:
            raise ValueError(
                f"Layer '{self.name}': a signal needs more than half of fft_length="
                f"{self.fft_length} samples. Received: input_shape={inputs.shape}"
            )
        spectrum = np.fft.rfft(frames.cut(x))
        weights = self._mel_weights(dtype)
        mel = np.abs(spectrum) ** self.mag_exp @ weights
        y, loud = mel, None
        if self.power_to_db:
            loud = 10.0 * np.log10(np.maximum(mel, self.min_power))
            loud -= 10.0 * math.log10(max(abs(self.ref_power), self.min_power))
            y = np.maximum(loud, loud.max(initial=-np.inf) - self.top_db)
        y = y.swapaxes(-1, -2).astype(self.compute_dtype, copy=False)
        cache = inputs.shape, inputs.dtype, frames, spectrum, mel, loud
        return y.reshape(*inputs.shape[:-1], *y.shape[1:]), cache

    def backward(self, dy, cache):
        """dx (None for integers), and no gradients of weights."""
        shape, dtype, frames, spectrum, mel, loud = cache
        if dtype.kind != "f":
            return None, []
        dmel = (
            dy.reshape(math.prod(dy.shape[:-2]), *dy.shape[-2:]).swapaxes(-1, -2).astype(mel.dtype)
        )
        if self.power_to_db:
            peak = loud.max(initial=-np.inf)
            heard = loud >= peak - self.top_db
            loudest = loud == peak
            dloud = np.where(heard, dmel, 0)
            dloud += loudest * (np.sum(dmel, where=~heard) / max(loudest.sum(), 1))
            slope = _TEN_OVER_LOG_10 * dloud / np.maximum(mel, self.min_power)
            dmel = np.where(mel >= self.min_power, slope, 0)
        dpower = dmel @ self._mel_weights(mel.dtype).T
        magnitude = np.abs(spectrum)
        factor = np.zeros_like(magnitude)
        np.power(magnitude, self.mag_exp - 2.0, out=factor, where=magnitude > 0)
        dspectrum = self.mag_exp * factor * dpower * spectrum
        # Σ over k of Re(dX_k) cos(2πkn/N) − Im(dX_k) sin(2πkn/N) = Re of an unscaled inverse.
        dframes = np.fft.ifft(dspectrum, self.fft_length, norm="forward").real
        dx = frames.add(dframes.astype(mel.dtype, copy=False))
        return dx.reshape(shape).astype(dtype, copy=False), []

    def _mel_weights(self, dtype):
        bins = self.fft_length // 2 + 1
        edges = self.sampling_rate, self.min_freq, self.max_freq
        return mel_matrix(bins, self.num_mel_bins, *edges).astype(dtype)

    def _window(self):
        """The window in the middle of a frame."""
        length = self.sequence_length
        if self.window is None:
            values = np.ones(length)
        else:
            values = initializers.STFT(window=self.window, periodic=True).window_values(length)
        before = (self.fft_length - length) // 2
        return np.pad(values, (before, self.fft_length - length - before))

    def compute_output_shape(self, input_shape):
        """Mel bins and frames after the batch axis, if there is one."""
        *batch, samples = input_shape
        padded = None if samples is None else samples + self.fft_length // 2 * 2
        frames = None if padded is None else 1 + (padded - self.fft_length) // self.sequence_stride
        return (*batch, self.num_mel_bins, frames)
