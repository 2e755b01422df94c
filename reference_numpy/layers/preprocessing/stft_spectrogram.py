"""Short-time Fourier transform as a layer."""

import math
import warnings
from typing import Any

import numpy as np

from reference_numpy import config, initializers
from reference_numpy.annotations import ArrayLike
from reference_numpy.kernels.convolution import conv, conv_input_gradient, conv_kernel_gradient
from reference_numpy.kernels.windows import Windows, output_length
from reference_numpy.layers.argument_validation import standardize_data_format, standardize_padding
from reference_numpy.layers.input_spec import InputSpec
from reference_numpy.layers.layer import Layer

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """Spectra of overlapping frames of a signal, by convolution with windowed cosines and sines.

    With R = x ∗ K_real, I = x ∗ K_imag (a correlation with steps of `frame_step`) and the power
    P = R² + I², frequency f = 0 … fft_length / 2 and frame by frame, the output is

        real, imag   R, or I
        stft         R and I, one after the other along the frequencies
        angle        atan2(I, R)
        psd          P, doubled for all frequencies but the first and the last
        magnitude    M = √max(P, 1e-7)
        log          ln M = ½ ln max(P, 1e-7)

    The kernels start as the Fourier transform and are trained with the model, unless the layer is
    not `trainable`. Backward, from dR and dI to the kernels and x as in a convolution, with

        angle: dI = dy R / P, dR = −dy I / P (0 where P is 0)        psd: dP = 2 dy or dy
        magnitude: dP = dy / 2M where P ≥ 1e-7, else 0        log: dP = dy / 2M², likewise
        dR = 2 R dP        dI = 2 I dP

    Shapes:
        x: (batch, samples, channels)
        weights: `real_kernel`, `imag_kernel`: (frame_length, 1, fft_length / 2 + 1), each where the
        mode needs it
        y: (batch, frames, channels · frequencies), or (batch, frames, frequencies, channels) with
        `expand_dims`; with `"channels_first"` x is (batch, channels, samples) and y (batch,
        channels · frequencies, frames), or (batch, channels, frames, frequencies)

    Args:
        mode: one of the above.
        frame_length: samples a frame.
        frame_step: samples from one frame to the next; None for half a frame.
        fft_length: length of the transform; None for the next power of two from `frame_length`.
        window: a window's name, `frame_length` numbers, or None.
        periodic: whether a named window is periodic.
        scaling: `"density"`, `"spectrum"` or None (see `initializers.STFT`).
        padding: `"valid"` or `"same"`.
        expand_dims: whether frequencies get an axis of their own.
        data_format: `"channels_last"` or `"channels_first"`.

    Raises:
        ValueError: for a step beyond 1 … `frame_length`, an `fft_length` below `frame_length`, or
            an unknown mode, window, scaling or padding.
        TypeError: for integer inputs.
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: str | ArrayLike | None = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        step, length = frame_step or frame_length // 2, fft_length or frame_length
        if (frame_step is not None and not 1 <= frame_step <= frame_length) or (
            length < frame_length
        ):
            raise ValueError(
                f"Layer '{self.name}': `frame_step` must lie between 1 and `frame_length`, and "
                f"`fft_length` must be no less than it. Received: frame_step={frame_step}, "
                f"frame_length={frame_length}, fft_length={fft_length}"
            )
        if mode not in MODES:
            raise ValueError(
                f"Layer '{self.name}': `mode` must be one of {', '.join(MODES)}. "
                f"Received: mode={mode!r}"
            )
        if fft_length is not None and fft_length & -fft_length != fft_length:
            warnings.warn(
                f"`fft_length` should be a power of two. Received: fft_length={fft_length}",
                stacklevel=2,
            )
        self.mode = mode
        self.frame_length, self.frame_step, self.fft_length = frame_length, frame_step, fft_length
        self.window, self.periodic, self.scaling = window, periodic, scaling
        self.padding = standardize_padding(padding)
        self.expand_dims = expand_dims
        self.data_format = standardize_data_format(data_format)
        self.step = step
        self.frequencies = (fft_length or 2 ** math.ceil(math.log2(frame_length))) // 2 + 1
        self.sides = {"real": ["real"], "imag": ["imag"]}.get(mode, ["real", "imag"])
        self.initializers = [
            initializers.STFT(side, window, scaling, periodic) for side in self.sides
        ]
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape):
        """Create the kernels."""
        shape = (self.frame_length, 1, self.frequencies)
        for side, initializer in zip(self.sides, self.initializers, strict=True):
            setattr(self, f"{side}_kernel", self.add_weight(shape, initializer, f"{side}_kernel"))

    def forward(self, x, training=False):
        """The spectra, and what backward needs: the signals, their windows, R and I."""
        if x.dtype.kind != "f":
            raise TypeError(
                f"Layer '{self.name}' takes floating signals. Received: an array of {x.dtype.name}"
            )
        signals = self._signals(x)
        windows = Windows.of(signals.shape[1:2], (self.frame_length,), (self.step,), self.padding)
        # One product for both kernels: copying the overlapping frames costs as much as the product.
        parts = np.split(conv(signals, self._kernels(signals.dtype), windows), len(self.sides), -1)
        y = self._arrange(self._output(parts), x.shape)
        return y.astype(self.compute_dtype, copy=False), (x.shape, signals, windows, parts)

    def backward(self, dy, cache, input_gradient=True):
        """dx and the kernels' gradients."""
        shape, signals, windows, parts = cache
        dparts = self._output_backward(self._arrange_backward(dy, shape, signals.dtype), parts)
        dspectra = np.concatenate(dparts, axis=-1)
        gradient = conv_kernel_gradient(signals, dspectra, windows)
        grads = [
            part.astype(self.variable_dtype, copy=False)
            for part in np.split(gradient, len(self.sides), -1)
        ]
        if not input_gradient:
            return None, grads
        dx = conv_input_gradient(dspectra, self._kernels(signals.dtype), windows)
        batch, *rest = shape
        if self.data_format == "channels_last":
            dx = dx.reshape(batch, *rest[::-1]).transpose(0, 2, 1)
        return dx.reshape(shape).astype(dy.dtype, copy=False), grads

    def _kernels(self, dtype):
        """The kernels side by side, along the frequencies."""
        kernels = [getattr(self, f"{side}_kernel") for side in self.sides]
        return np.concatenate(kernels, axis=-1).astype(dtype, copy=False)

    def _signals(self, x):
        """Every channel by itself: (batch · channels, samples, 1), in float32 or more."""
        if self.data_format == "channels_last":
            x = x.transpose(0, 2, 1)
        x = x.astype(np.result_type(x.dtype, "float32"), copy=False)
        return x.reshape(-1, x.shape[-1], 1)

    def _output(self, parts):
        """What the mode makes of [R, I], each (signals, frames, frequencies)."""
        if len(parts) == 1:
            return parts[0]
        real, imag = parts
        if self.mode == "stft":
            return np.concatenate(parts, axis=-1)
        if self.mode == "angle":
            return np.arctan2(imag, real)
        power = _power(real, imag)
        if self.mode == "psd":
            power[..., 1:-1] *= 2
            return power
        np.maximum(power, config.epsilon(), out=power)
        if self.mode == "magnitude":
            return np.sqrt(power, out=power)
        return np.multiply(np.log(power, out=power), 0.5, out=power)

    def _output_backward(self, dy, parts):
        """[dR, dI] from the gradient of `_output`."""
        if len(parts) == 1:
            return [dy]
        real, imag = parts
        if self.mode == "stft":
            return np.split(dy, 2, axis=-1)
        power = _power(real, imag)
        if self.mode == "angle":
            slope = np.divide(dy, power, out=np.zeros_like(power), where=power > 0)
            return [-imag * slope, real * slope]
        if self.mode == "psd":
            dpower = dy.copy()
            dpower[..., 1:-1] *= 2
            return [2 * real * dpower, 2 * imag * dpower]
        floored = power < config.epsilon()
        np.maximum(power, config.epsilon(), out=power)
        if self.mode == "magnitude":
            np.sqrt(power, out=power)
        twice_dpower = np.divide(dy, power, out=power)
        twice_dpower[floored] = 0
        return [real * twice_dpower, imag * twice_dpower]

    def _arrange(self, y, input_shape):
        """(batch · channels, frames, frequencies) in the shape of the output."""
        frames, frequencies = y.shape[1:]
        last = self.data_format == "channels_last"
        batch, channels = input_shape[0], input_shape[2] if last else input_shape[1]
        y = y.reshape(batch, channels, frames, frequencies)
        if self.expand_dims:
            return y.transpose(0, 2, 3, 1) if last else y
        if last:
            return y.transpose(0, 2, 1, 3).reshape(batch, frames, channels * frequencies)
        return y.transpose(0, 1, 3, 2).reshape(batch, channels * frequencies, frames)

    def _arrange_backward(self, dy, input_shape, dtype):
        """The gradient in the shape that `_arrange` was given."""
        last = self.data_format == "channels_last"
        channels = input_shape[2] if last else input_shape[1]
        batch = input_shape[0]
        if self.expand_dims:
            dy = dy.transpose(0, 3, 1, 2) if last else dy
        elif last:
            shape = (batch, dy.shape[1], channels, dy.shape[2] // channels)
            dy = dy.reshape(shape).transpose(0, 2, 1, 3)
        else:
            shape = (batch, channels, dy.shape[1] // channels, dy.shape[2])
            dy = dy.reshape(shape).transpose(0, 1, 3, 2)
        return dy.reshape(batch * channels, *dy.shape[2:]).astype(dtype, copy=False)

    def compute_output_shape(self, input_shape):
        """Batch, frames, and channels · frequencies, arranged as the options say."""
        last = self.data_format == "channels_last"
        batch, *rest = input_shape
        samples, channels = rest if last else rest[::-1]
        frames = output_length(samples, self.frame_length, self.step, self.padding)
        frequencies = self.frequencies * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            tail = (frames, frequencies, channels) if last else (channels, frames, frequencies)
            return (batch, *tail)
        joined = channels * frequencies
        return (batch, frames, joined) if last else (batch, joined, frames)


def _power(real, imag):
    """R² + I²."""
    power = real * real
    power += imag * imag
    return power
