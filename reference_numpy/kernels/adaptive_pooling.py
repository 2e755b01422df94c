"""Pooling to a given number of windows, one axis after the other, with its gradients.

Along an axis of n entries window o of `size` holds the entries

    ⌊o · n / size⌋ … ⌈(o + 1) · n / size⌉ − 1

so that the windows cover the axis evenly and overlap where n is no multiple of `size`. All arrays
have their channels last; the pooled axes are 1, 2, … in this order.
"""

import numpy as np

from reference_numpy.kernels.half_precision import computed_in_single


def bounds(length, size):
    """`(first, end)` of each of the `size` windows along an axis of `length` entries."""
    return [(o * length // size, -(-(o + 1) * length // size)) for o in range(size)]


def _averaging(length, size, dtype):
    """The matrix (size, length) whose row o averages over window o."""
    matrix = np.zeros((size, length), dtype)
    for row, (first, end) in zip(matrix, bounds(length, size), strict=True):
        row[first:end] = 1.0 / (end - first)
    return matrix


@computed_in_single
def adaptive_average_pool(x, output_size):
    """y = the average of x over every window: along each axis a product with a matrix A."""
    for axis, size in enumerate(output_size, start=1):
        matrix = _averaging(x.shape[axis], size, x.dtype)
        x = np.moveaxis(np.tensordot(matrix, x, (1, axis)), 0, axis)
    return x


@computed_in_single
def adaptive_average_pool_backward(dy, input_size):
    """dx: along each axis a product with Aᵀ."""
    for axis, length in enumerate(input_size, start=1):
        matrix = _averaging(length, dy.shape[axis], dy.dtype)
        dy = np.moveaxis(np.tensordot(matrix, dy, (0, axis)), 0, axis)
    return dy


def adaptive_max_pool(x, output_size):
    """y = the maximum of x over every window, and for each axis where the maxima were found.

    `places[axis][o]` counts from the start of window o; of equal entries the first counts.
    """
    places = []
    for axis, size in enumerate(output_size, start=1):
        x = np.moveaxis(x, axis, 0)
        windows = [x[first:end] for first, end in bounds(len(x), size)]
        places.append([window.argmax(axis=0) for window in windows])
        x = np.moveaxis(np.stack([window.max(axis=0) for window in windows]), 0, axis)
    return x, places


def adaptive_max_pool_backward(dy, places, input_size):
    """dx: dy of a window goes to where its maximum was found, the last axis first."""
    for axis in range(len(input_size), 0, -1):
        dy, length = np.moveaxis(dy, axis, 0), input_size[axis - 1]
        dx = np.zeros((length, *dy.shape[1:]), dy.dtype)
        windows = zip(dy, places[axis - 1], bounds(length, len(dy)), strict=True)
        for gradient, place, (first, end) in windows:
            for offset in range(end - first):
                dx[first + offset] += gradient * (place == offset)
        dy = np.moveaxis(dx, 0, axis)
    return dy
