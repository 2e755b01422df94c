"""Resizing of images: along each axis a product with a small matrix, so backward is its transpose.

Pixel i of n covers [i, i + 1) of the axis and has its centre at i + ½ (half-pixel centres). Output
pixel i of `output_size` samples the input at s = (i + ½) · input_size / output_size; its value is

    y[i] = Σⱼ w(j + ½ − s) x[j] / Σⱼ w(j + ½ − s),    j over the pixels that exist

with the kernel w of the interpolation:

    bilinear          w(t) = max(1 − |t|, 0)
    bicubic           Keys' cubic (a = −½), the Catmull-Rom spline
    lanczos3, 5       w(t) = sinc(t) sinc(t / r) for |t| ≤ r = 3 or 5
    nearest           1 for the pixel that s falls into
    area              the length of [s − h, s + h] that the pixel covers, h = input / 2 output

`antialias` widens the kernel by input_size / output_size where the image shrinks (not for nearest
and area).
"""

import functools
import math

import numpy as np

INTERPOLATIONS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic", "area")


def _triangle(t):
    return np.maximum(1.0 - t, 0.0)


def _keys_cubic(t):
    near = (1.5 * t - 2.5) * t * t + 1.0
    far = ((-0.5 * t + 2.5) * t - 4.0) * t + 2.0
    return np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0))


def _lanczos(radius):
    return lambda t: np.where(t <= radius, np.sinc(t) * np.sinc(t / radius), 0.0)


_KERNELS = {
    "bilinear": _triangle,
    "bicubic": _keys_cubic,
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}

#: weights that add up to less than this are none, as in Keras
_NO_WEIGHT = 1000.0 * 2.0**-23


@functools.lru_cache(maxsize=256)
def resize_matrix(input_size, output_size, interpolation="bilinear", antialias=False):
    """The matrix (output_size, input_size) that resizes one axis; float64, not to be written to.

    Raises:
        ValueError: for an interpolation that is not in `INTERPOLATIONS`.
    """
    scale = input_size / output_size
    pixels = np.arange(input_size)
    if interpolation == "nearest":
        # A sample on the border of two pixels falls to the side that float32 rounds it to, as in
        # TensorFlow: there is no better rule.
        samples = (np.arange(output_size, dtype="float32") + np.float32(0.5)) * np.float32(scale)
        nearest = np.minimum(np.floor(samples).astype(int), input_size - 1)
        weights = np.equal.outer(nearest, pixels).astype("float64")
    elif interpolation == "area":
        start = np.arange(output_size)[:, None] * scale
        end = start + scale
        weights = np.maximum(np.minimum(end, pixels + 1) - np.maximum(start, pixels), 0.0)
    elif interpolation in _KERNELS:
        samples = (np.arange(output_size) + 0.5) * scale
        width = max(scale, 1.0) if antialias else 1.0
        distance = np.abs(pixels + 0.5 - samples[:, None]) / width
        weights = _KERNELS[interpolation](distance)
    else:
        raise ValueError(
            f"Unknown interpolation: {interpolation!r}. Expected one of {INTERPOLATIONS}."
        )
    weights /= weights.sum(axis=1, keepdims=True)
    weights.flags.writeable = False
    return weights


@functools.lru_cache(maxsize=256)
def translated_matrix(
    input_size, output_size, scale, translation, interpolation="bilinear", antialias=True
):
    """The matrix that puts the point p of an axis at p · scale + translation; float64, read-only.

    Output pixel i samples the input at s = (i + ½ − translation) / scale, with `resize_matrix`'s
    kernels, and is 0 where s lies outside of the input.
    """
    samples = ((np.arange(output_size) + 0.5 - translation) / scale)[:, None]
    width = max(1.0 / scale, 1.0) if antialias else 1.0
    weights = _KERNELS[interpolation](np.abs(np.arange(input_size) + 0.5 - samples) / width)
    total = weights.sum(axis=1, keepdims=True)
    counts = (samples >= 0) & (samples <= input_size) & (np.abs(total) > _NO_WEIGHT)
    weights = np.where(counts, weights / np.where(counts, total, 1.0), 0.0)
    weights.flags.writeable = False
    return weights


def apply_along(matrix, x, axis):
    """The product of `matrix` with x along `axis`: its size becomes the matrix's rows."""
    axis %= x.ndim
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    matrix = matrix.astype(x.dtype, copy=False)
    if not after:
        return x @ matrix.T
    y = matrix @ x.reshape(math.prod(before), x.shape[axis], math.prod(after))
    return y.reshape(*before, len(matrix), *after)


def resize(x, sizes, axes, interpolation="bilinear", antialias=False):
    """x with the sizes along `axes` changed to `sizes`; x is floating."""
    for size, axis in zip(sizes, axes, strict=True):
        x = apply_along(resize_matrix(x.shape[axis], size, interpolation, antialias), x, axis)
    return x


def resize_backward(dy, sizes, axes, interpolation="bilinear", antialias=False):
    """dx for a `resize` whose input had `sizes` along `axes`."""
    for size, axis in zip(sizes, axes, strict=True):
        matrix = resize_matrix(size, dy.shape[axis], interpolation, antialias)
        dy = apply_along(matrix.T, dy, axis)
    return dy
