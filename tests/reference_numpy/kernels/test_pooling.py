"""The fast poolings against the textbook's nested loops."""

import numpy as np
import pytest

from reference_numpy.kernels import adaptive_pooling, pooling
from reference_numpy.kernels.memory import forward_alone
from reference_numpy.kernels.windows import Windows
from tests.reference_numpy.kernels import plain

# (input sizes, pool sizes, strides, padding)
GEOMETRIES = [
    ((7,), (3,), (2,), "same"),
    ((6, 8), (2, 2), (2, 2), "valid"),
    ((7, 8), (2, 2), (2, 2), "valid"),
    ((7, 8), (2, 2), (2, 2), "same"),
    ((7, 8), (3, 2), (1, 2), "same"),
    ((9, 8), (2, 2), (3, 4), "valid"),
    ((4, 6, 3), (2, 2, 3), (2, 2, 3), "valid"),
]
BY_GEOMETRY = pytest.mark.parametrize(
    "geometry", GEOMETRIES, ids=["-".join(map(str, g)).replace(" ", "") for g in GEOMETRIES]
)


@BY_GEOMETRY
def test_max_pooling_is_the_plain_one(geometry, by_blocks, lay):
    windows = Windows.of(*geometry)
    generator = np.random.default_rng(0)
    # Few distinct values, all below zero: many ties, and zeros of a padding would win.
    x = lay(generator.integers(-4, 0, (3, *geometry[0], 2)).astype("float64"))
    y, found = pooling.max_pool(x, windows)
    np.testing.assert_array_equal(y, plain.max_pool(x, windows))
    dy = generator.standard_normal(y.shape)
    dx = pooling.max_pool_backward(dy, found, windows)
    np.testing.assert_allclose(dx, plain.max_pool_backward(x, dy, windows), atol=1e-14)
    with forward_alone():
        alone, found = pooling.max_pool(x, windows)
    assert not found
    np.testing.assert_array_equal(alone, y)


@BY_GEOMETRY
def test_average_pooling_is_the_plain_one(geometry, by_blocks, lay):
    windows = Windows.of(*geometry)
    generator = np.random.default_rng(0)
    x = lay(generator.standard_normal((3, *geometry[0], 2)))
    y = pooling.average_pool(x, windows)
    np.testing.assert_allclose(y, plain.average_pool(x, windows), atol=1e-14)
    dy = generator.standard_normal(y.shape)
    dx = pooling.average_pool_backward(lay(dy), windows)
    np.testing.assert_allclose(dx, plain.average_pool_backward(x, dy, windows), atol=1e-14)


ADAPTIVE = [((7,), (3,)), ((6,), (3,)), ((2,), (5,)), ((5, 8), (3, 1)), ((4, 5, 3), (2, 3, 3))]


@pytest.mark.parametrize(("input_size", "output_size"), ADAPTIVE)
def test_adaptive_pooling_is_the_plain_one(input_size, output_size):
    generator = np.random.default_rng(0)
    x = generator.standard_normal((2, *input_size, 2))
    dy = generator.standard_normal((2, *output_size, 2))
    y = adaptive_pooling.adaptive_average_pool(x, output_size)
    np.testing.assert_allclose(y, plain.adaptive_pool(x, output_size, np.mean), atol=1e-14)
    dx = adaptive_pooling.adaptive_average_pool_backward(dy, input_size)
    expected = plain.adaptive_pool_gradient(x, dy, lambda window: 1 / window.size)
    np.testing.assert_allclose(dx, expected, atol=1e-14)
    y, places = adaptive_pooling.adaptive_max_pool(x, output_size)
    np.testing.assert_array_equal(y, plain.adaptive_pool(x, output_size, np.max))
    dx = adaptive_pooling.adaptive_max_pool_backward(dy, places, input_size)
    expected = plain.adaptive_pool_gradient(x, dy, lambda window: window == window.max())
    np.testing.assert_allclose(dx, expected, atol=1e-14)


def test_windows_that_tile_the_input_are_told_from_those_that_do_not():
    tiles = [Windows.of(*geometry).tiles for geometry in GEOMETRIES]
    assert tiles == [False, True, False, False, False, False, True]


def test_integers_are_pooled_too():
    x = np.array([[[3], [-5], [-7]]])
    y, _ = pooling.max_pool(x, Windows.of((3,), (2,), (2,), "same"))
    assert y.dtype == x.dtype and y.ravel().tolist() == [3, -7]


def test_half_precision_is_summed_in_single_precision():
    """2048 + 1 is 2048 in float16: summed there, the average of 3000 ones would be 0.68."""
    y = pooling.average_pool(
        np.ones((1, 3000, 1), "float16"), Windows.of((3000,), (3000,), (1,), "valid")
    )
    assert y.dtype == "float16" and y.item() == 1
