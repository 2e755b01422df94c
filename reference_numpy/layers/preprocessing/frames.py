"""Overlapping frames of mirrored signals, and the way back for gradients."""

import numpy as np


class Frames:
    """Frames of `length` samples every `stride` samples, multiplied by a window.

    The signal is mirrored by length // 2 samples at each end first (without repeating the end).

    Args:
        samples: length of the signals.
        length, stride: of the frames.
        window: an array of `length` factors.
    """

    def __init__(self, samples, length, stride, window):
        self.length, self.stride, self.window = length, stride, window
        self.margin = length // 2
        self.places = np.pad(np.arange(samples), self.margin, mode="reflect")
        self.samples = samples

    def cut(self, x):
        """The frames (signals, frames, length) of x (signals, samples)."""
        frames = np.lib.stride_tricks.sliding_window_view(x[:, self.places], self.length, axis=1)
        return frames[:, :: self.stride] * self.window.astype(x.dtype)

    def add(self, dframes):
        """dx (signals, samples) from the frames' gradient: every sample gathers from its frames."""
        dframes = dframes * self.window.astype(dframes.dtype)
        dpadded = np.zeros((len(dframes), len(self.places)), dframes.dtype)
        for number in range(dframes.shape[1]):
            start = number * self.stride
            dpadded[:, start : start + self.length] += dframes[:, number]
        margin = self.margin
        dx = dpadded[:, margin : margin + self.samples].copy()
        dx[:, 1 : margin + 1] += dpadded[:, :margin][:, ::-1]
        dx[:, self.samples - 1 - margin : -1] += dpadded[:, margin + self.samples :][:, ::-1]
        return dx
