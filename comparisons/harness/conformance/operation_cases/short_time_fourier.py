"""Fourier transforms of frames."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

SIGNAL = (Draw((20,)),)
SPECTRA = (Draw((7, 5)), Draw((7, 5)))

CASES = [
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
