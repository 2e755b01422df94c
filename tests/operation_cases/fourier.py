"""Fourier transforms."""

from tests.operation_cases.case import Case, Draw

PAIR = (Draw((4, 3)), Draw((4, 3)))
SIGNAL = (Draw((20,)),)
SPECTRA = (Draw((7, 5)), Draw((7, 5)))

CASES = [
    Case("FFT", lambda ops, a, b: ops.fft((a, b)), PAIR),
    Case("FFT-list-of-one-array", lambda ops, a: ops.fft([a, a])),
    Case("FFT2", lambda ops, a, b: ops.fft2((a, b)), PAIR),
    Case("IFFT2", lambda ops, a, b: ops.ifft2((a, b)), PAIR),
    Case("RFFT", lambda ops, x: ops.rfft(x)),
    Case("RFFT-filled-up", lambda ops, x: ops.rfft(x, fft_length=6)),
    Case("RFFT-real-part", lambda ops, x: ops.rfft(x)[0], (Draw((8,)),)),
    Case("IRFFT", lambda ops, a, b: ops.irfft((a, b)), PAIR),
    Case("IRFFT-filled-up", lambda ops, a, b: ops.irfft((a, b), fft_length=9), PAIR),
    Case("STFT", lambda ops, x: ops.stft(x, 6, 2, 8), SIGNAL),
    Case("STFT-hamming", lambda ops, x: ops.stft(x, 8, 3, 9, "hamming"), (Draw((2, 21)),)),
    Case("STFT-no-window", lambda ops, x: ops.stft(x, 6, 3, 8, None, center=False), SIGNAL),
    Case(
        "STFT-numbers",
        lambda ops, x: ops.stft(x, 5, 5, 8, [1.0, 2.0, 3.0, 2.0, 1.5], center=False),
        SIGNAL,
    ),
    Case("ISTFT", lambda ops, a, b: ops.istft((a, b), 6, 2, 8), SPECTRA),
    Case("ISTFT-length", lambda ops, a, b: ops.istft((a, b), 8, 3, 9, 15, "hamming"), SPECTRA),
    Case(
        "ISTFT-no-window",
        lambda ops, a, b: ops.istft((a, b), 6, 3, 8, window=None, center=False),
        SPECTRA,
    ),
    Case(
        "ISTFT-there-and-back",
        lambda ops, x: ops.istft(ops.stft(x, 6, 2, 8), 6, 2, 8, length=20),
        SIGNAL,
    ),
]
