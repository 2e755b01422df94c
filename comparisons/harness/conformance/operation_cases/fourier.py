"""Fourier transforms."""

from comparisons.harness.conformance.operation_cases.case import Case, Draw

PAIR = (Draw((4, 3)), Draw((4, 3)))

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
]
