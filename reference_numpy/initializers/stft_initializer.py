"""The Fourier transform of short frames, as the kernel of a convolution."""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import ArrayLike
from reference_numpy.initializers.initializer import Initializer
from reference_numpy.initializers.windows import window


class STFT(Initializer):
    """K[t, 0, f] = win[t] cos(−2π t f / n) / s, or with sin: one side of a windowed spectrum.

    Shapes: `(frame_length, 1, bins)`; n = 2 (bins − 1) is the length of the transform.

    Args:
        side: `"real"` for the cosine, `"imag"` for the sine.
        window: a window's name, an array of `frame_length` entries, or None for none.
        scaling: what s is: `"density"`, √(Σ win²); `"spectrum"`, Σ |win|; None, 1.
        periodic: whether a named window is periodic instead of symmetric.

    Raises:
        ValueError: for other values of `side`, `window` or `scaling`, or a window whose length is
            not the frame's.
    """

    def __init__(
        self,
        side: str = "real",
        window: str | ArrayLike | None = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ):
        if side not in ("real", "imag"):
            raise ValueError(f"side should be 'real' or 'imag', not {side}")
        if scaling not in (None, "density", "spectrum"):
            raise ValueError(
                "Scaling is invalid, it must be `None`, 'density' or 'spectrum'. "
                f"Received: scaling={scaling}"
            )
        self.side, self.window = side, window
        self.scaling, self.periodic = scaling, periodic
        if window is not None:
            self.window_values(1 if isinstance(window, str) else np.size(window))

    def __call__(self, shape, dtype=None):
        """The kernel."""
        frame_length, _, bins = shape
        time = np.arange(frame_length).reshape(-1, 1, 1)
        angle = -2 * np.pi * time * np.arange(bins) / (2 * (bins - 1))
        kernel = np.cos(angle) if self.side == "real" else np.sin(angle)
        if self.window is not None:
            values = self.window_values(frame_length)
            scale = {
                None: 1.0,
                "density": np.sqrt(np.sum(values**2)),
                "spectrum": np.sum(np.abs(values)),
            }
            kernel = kernel * values.reshape(-1, 1, 1) / scale[self.scaling]
        return kernel.astype(dtype or config.floatx())

    def window_values(self, frame_length):
        """The window as an array. Raises ValueError if there is none of that name and length."""
        if not isinstance(self.window, str):
            values = np.asarray(self.window)
        else:
            values = window(self.window, frame_length, self.periodic)
        if values.shape != (frame_length,):
            raise ValueError(
                "The shape of `window` must be equal to [frame_length]. "
                f"Received: window shape={values.shape}, frame_length={frame_length}"
            )
        return values
