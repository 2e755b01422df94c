"""Fourier transforms; a complex array is a pair, its real and its imaginary part.

A transform is linear, z = F x, so dx = Fᴴ dz with the gradients of both parts as the parts of one
complex array. Lengths that are sums run over: N.
"""

import numpy as np

from reference_numpy.operations.operation import Operation


def complex_of(pair):
    """One complex array of its two parts."""
    real, imaginary = pair
    return real + 1j * imaginary


def parts_of(z):
    """The real and the imaginary part."""
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

    def forward(self, x):
        """The two parts of the transform."""
        return parts_of(self.transform(complex_of(self.promoted_pair(x)))), x

    def promoted_pair(self, x):
        """Both parts in one dtype."""
        return [part.astype(self.promote(x), copy=False) for part in x]

    def backward(self, dy, cache):
        """The two parts of the adjoint of dy."""
        return (self.like(self.adjoint(complex_of(dy)), cache),)

    @staticmethod
    def like(dz, x):
        """The gradients of both parts, where these are floating."""
        pairs = zip(parts_of(dz), x)
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


class FFT(ComplexTransform, keras="ops.math"):
    """y[k] = Σ x[t] exp(−2πi k t / N) along the last axis;  dx[t] = Σ dy[k] exp(2πi k t / N)."""

    transform = staticmethod(np.fft.fft)
    adjoint = staticmethod(lambda dy: np.fft.ifft(dy, norm="forward"))


class FFT2(ComplexTransform, keras="ops.math"):
    """`FFT` along the last two axes, one after the other."""

    ndim = 2
    transform = staticmethod(np.fft.fft2)
    adjoint = staticmethod(lambda dy: np.fft.ifft2(dy, norm="forward"))


class IFFT2(ComplexTransform, keras="ops.math"):
    """The inverse of `FFT2`, y[t] = Σ x[k] exp(2πi k t / N) / N;  dx = FFT2(dy) / N."""

    ndim = 2
    transform = staticmethod(np.fft.ifft2)
    adjoint = staticmethod(lambda dy: np.fft.fft2(dy, norm="forward"))


class RFFT(Operation, keras="ops.math"):
    """`FFT` of real x: y[k] for k = 0 … ⌊N / 2⌋;  dx[t] = Re Σ of these dy[k] exp(2πi k t / N).

    Args:
        fft_length: N; x is cut or filled up with zeros at the end. None for x's own length.

    Raises:
        ValueError: for an N below 1, or an x without axes.
    """

    floating = True

    def __init__(self, fft_length: int | None = None, name: str | None = None):
        super().__init__(name)
        _check_length(self, fft_length)
        self.fft_length = fft_length

    def forward(self, x):
        """The two parts of the transform."""
        (numbers,) = self.promoted(x)
        return parts_of(np.fft.rfft(numbers, self.fft_length)), x

    def backward(self, dy, cache):
        """The real part of the adjoint, without what was cut."""
        x, size = cache, cache.shape[-1]
        if x.dtype.kind != "f":
            return (None,)
        dx = np.fft.ifft(complex_of(dy), self.fft_length or size, norm="forward").real
        return (resized(dx, size).astype(x.dtype, copy=False),)

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


def resized(x, size):
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
    return resized(dx, frequencies)


class IRFFT(ComplexTransform, keras="ops.math"):
    """The inverse of `RFFT`: N real numbers from the frequencies 0 … ⌊N / 2⌋.

    See `irfft_backward` for the gradient.

    Args:
        fft_length: N; frequencies beyond are cut, missing ones 0. None for 2 (frequencies − 1).

    Raises:
        ValueError: for an N below 1, and what is no pair of arrays of one shape.
    """

    def __init__(self, fft_length: int | None = None, name: str | None = None):
        super().__init__(name)
        _check_length(self, fft_length)
        self.fft_length = fft_length

    def forward(self, x):
        """The numbers."""
        return np.fft.irfft(complex_of(self.promoted_pair(x)), self.fft_length), x

    def backward(self, dy, cache):
        """The gradients of both parts."""
        return (self.like(irfft_backward(dy, cache[0].shape[-1]), cache),)

    def shape(self, x):
        """x's with N numbers on the last axis."""
        self.check(x)
        *rest, frequencies = x[0]
        known = self.fft_length or (None if frequencies is None else 2 * (frequencies - 1))
        return (*rest, known)
