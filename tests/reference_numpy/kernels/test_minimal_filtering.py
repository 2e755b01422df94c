"""Convolution by few products against the plain one."""

import numpy as np
import pytest

from reference_numpy.kernels import convolution, minimal_filtering
from reference_numpy.kernels.rows_first import in_rows_first, lies_rows_first
from reference_numpy.kernels.windows import Windows
from tests.reference_numpy.kernels import plain

# (input sizes, kernel sizes, strides, padding, dilation rates), of images and of their windows.
GEOMETRIES = [
    ((6, 8), (3, 3), (1, 1), "same", (1, 1)),
    ((5, 7), (3, 3), (1, 1), "same", (1, 1)),
    ((6, 7), (3, 3), (1, 1), "valid", (1, 1)),
    ((7, 6), (2, 3), (2, 1), "same", (1, 1)),
    ((7, 6), (4, 3), (3, 1), "valid", (1, 1)),
    ((1, 1), (3, 3), (1, 1), "same", (1, 1)),
]


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=lambda g: "-".join(map(str, g)))
@pytest.mark.parametrize("batch", [1, 2 * minimal_filtering.MOST + 1])
def test_four_products_give_what_six_do(geometry, batch, by_blocks, by_threads):
    windows = Windows.of(*geometry)
    generator = np.random.default_rng(0)
    x = generator.standard_normal((batch, *geometry[0], 2))
    kernel = generator.standard_normal((*geometry[1], 2, 3))
    y = minimal_filtering.conv(x, kernel, windows)
    assert lies_rows_first(y)
    np.testing.assert_allclose(y, plain.conv(x, kernel, windows), atol=1e-12)
    dy = generator.standard_normal(y.shape)
    _, dkernel = plain.conv_gradients(x, kernel, dy, windows)
    found = minimal_filtering.conv_kernel_gradient(x, dy, windows)
    np.testing.assert_allclose(found, dkernel, atol=1e-11)


@pytest.mark.parametrize(("dtype", "chosen"), [("float32", True), ("float64", False)])
def test_float32_is_filtered_and_float64_is_plain(dtype, chosen, monkeypatch):
    calls = []

    def noting(name):
        plainly = getattr(minimal_filtering, name)
        return lambda *arrays: calls.append(name) or plainly(*arrays)

    for name in ("conv", "conv_kernel_gradient"):
        monkeypatch.setattr(minimal_filtering, name, noting(name))
    windows = Windows.of((6, 8), (3, 3), (1, 1), "same")
    generator = np.random.default_rng(0)
    batch, channels = minimal_filtering.FEWEST, minimal_filtering.MANY_CHANNELS
    x = in_rows_first(generator.standard_normal((batch, 6, 8, channels)).astype(dtype))
    kernel = generator.standard_normal((3, 3, channels, 20)).astype(dtype)
    y = convolution.conv(x, kernel, windows)
    dx = convolution.conv_input_gradient(y, kernel, windows)
    dkernel = convolution.conv_kernel_gradient(x, y, windows)
    assert calls == (["conv", "conv", "conv_kernel_gradient"] if chosen else [])
    expected = [plain.conv(x, kernel, windows), *plain.conv_gradients(x, kernel, y, windows)]
    for found, right in zip((y, dx, dkernel), expected, strict=True):
        assert found.dtype == dtype
        error = np.abs(found - right).max() / np.abs(right).max()
        assert error < 16 * np.finfo(dtype).eps


def test_large_numbers_stay_within_their_windows():
    """A pair of outputs shares its products, yet neither takes what only the other is to see."""
    windows = Windows.of((3, 8), (1, 3), (1, 1), "valid")
    x = np.ones((40, 3, 8, 16), "float32")
    x[:, :, 3] = 1e30
    y = minimal_filtering.conv(x, np.ones((1, 3, 16, 16), "float32"), windows)
    np.testing.assert_array_equal(y[:, :, 0], np.full((40, 3, 16), 48, "float32"))
    np.testing.assert_array_equal(y[:, :, 4:], np.full((40, 3, 2, 16), 48, "float32"))
