"""Window functions of signal processing: what a frame is multiplied by before its spectrum."""

import numpy as np

#: Windows that are sums of cosines, Σ aₖ cos(k φ) for φ from −π to π: their aₖ.
_COSINE_SUMS = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}
WINDOWS = (*_COSINE_SUMS, "bartlett", "cosine")


def window(name, length, periodic=False):
    """The window as a float64 array of `length` entries, by SciPy's names.

    Args:
        name: one of `WINDOWS`.
        length: number of entries.
        periodic: whether the entry after the last would be the first, instead of a window that
            is symmetric.

    Raises:
        ValueError: for an unknown window.

    Source: Harris 1978, "On the use of windows for harmonic analysis with the discrete Fourier
    transform"; Heinzel, Rüdiger & Schilling 2002 (nuttall, flattop).
    """
    if name not in WINDOWS:
        raise ValueError(f"Unknown window: {name!r}. Expected one of {', '.join(WINDOWS)}.")
    if length < 2:
        return np.ones(length)
    size = length + 1 if periodic else length
    if name in _COSINE_SUMS:
        angle = np.linspace(-np.pi, np.pi, size)
        values = sum(a * np.cos(k * angle) for k, a in enumerate(_COSINE_SUMS[name]))
    elif name == "bartlett":
        values = np.bartlett(size)
    else:
        values = np.sin(np.pi / size * (np.arange(size) + 0.5))
    return values[:length]
