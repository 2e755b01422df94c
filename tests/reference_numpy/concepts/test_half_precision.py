"""Rounding to 16 bits, number by number."""

import ml_dtypes
import numpy as np
import pytest

from reference_numpy.concepts import half_precision

ROUNDINGS = {
    "float16": (half_precision.round_to_float16, np.float16),
    "bfloat16": (half_precision.round_to_bfloat16, ml_dtypes.bfloat16),
}


@pytest.mark.parametrize("name", ROUNDINGS)
def test_every_number_of_16_bits_its_neighbours_and_the_halves_between(name):
    rounded, dtype = ROUNDINGS[name]
    numbers = np.arange(2**16, dtype="uint16").view(dtype).astype("float32")
    numbers = np.unique(numbers[np.isfinite(numbers)])
    halves = numbers[:-1] + np.diff(numbers) / 2
    for x in (numbers, halves, np.nextafter(halves, np.inf), np.nextafter(halves, -np.inf)):
        np.testing.assert_array_equal(rounded(x), x.astype(dtype).astype("float32"))


def test_beyond_the_largest_float16_lies_infinity():
    x = np.array([65519.0, 65520.0, -65520.0, 1e30], "float32")
    with np.errstate(over="ignore"):
        found = half_precision.round_to_float16(x)
    assert found.tolist() == [65504.0, np.inf, -np.inf, np.inf]
