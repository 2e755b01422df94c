"""The fast convolutions against the textbook's nested loops."""

import tracemalloc

import numpy as np
import pytest

from reference_numpy.kernels import bias as bias_module
from reference_numpy.kernels import convolution, depthwise_convolution
from reference_numpy.kernels import windows as windows_module
from reference_numpy.kernels.rows_first import (
    in_channels_last,
    in_rows_first,
    lies_rows_first,
)
from reference_numpy.kernels.windows import Windows
from tests.reference_numpy.kernels import plain

# (input sizes, kernel sizes, strides, padding, dilation rates)
GEOMETRIES = [
    ((7,), (3,), (2,), "same", (1,)),
    ((9,), (3,), (1,), "causal", (2,)),
    ((8,), (2,), (3,), "causal", (1,)),
    ((6, 7), (2, 3), (1, 1), "valid", (1, 1)),
    ((6, 7), (2, 3), (1, 1), "same", (1, 1)),
    ((6, 7), (2, 3), (2, 1), "valid", (1, 1)),
    ((5, 8), (3, 2), (3, 2), "same", (1, 1)),
    ((8, 9), (3, 2), (1, 1), "same", (2, 3)),
    ((5, 5), (1, 1), (1, 1), "valid", (1, 1)),
    ((5, 6), (1, 1), (2, 3), "same", (1, 1)),
    ((4, 5, 3), (2, 2, 3), (2, 1, 1), "same", (1, 1, 1)),
]
BY_GEOMETRY = pytest.mark.parametrize(
    "geometry", GEOMETRIES, ids=["-".join(map(str, g)).replace(" ", "") for g in GEOMETRIES]
)
# (input channels, filters, groups)
CHANNELS = [(1, 3, 1), (4, 6, 1), (4, 6, 2), (3, 6, 3)]


@pytest.fixture(params=["mirrored", "scattered", "as measured"])
def input_gradient_by(request, monkeypatch):
    """Both ways to the input gradient where both exist, and the one that is chosen."""
    if request.param != "as measured":

        def choice(dy, kernel, windows):
            return request.param == "mirrored" and max(windows.strides) == 1

        monkeypatch.setattr(convolution, "_worth_mirroring", choice)


@BY_GEOMETRY
@pytest.mark.parametrize(("inputs", "filters", "groups"), CHANNELS)
def test_convolution_is_the_plain_one(
    geometry, inputs, filters, groups, by_blocks, by_threads, input_gradient_by, lay
):
    windows = Windows.of(*geometry)
    generator = np.random.default_rng(0)
    x = lay(generator.standard_normal((3, *geometry[0], inputs)))
    kernel = generator.standard_normal((*geometry[1], inputs // groups, filters))
    y = convolution.conv(x, kernel, windows)
    np.testing.assert_allclose(y, plain.conv(x, kernel, windows, groups), atol=1e-12)
    dy = lay(generator.standard_normal(y.shape))
    dx, dkernel = plain.conv_gradients(x, kernel, dy, windows, groups)
    found = convolution.conv_kernel_gradient(x, dy, windows, groups)
    np.testing.assert_allclose(found, dkernel, atol=1e-12)
    found = convolution.conv_input_gradient(dy, kernel, windows, groups)
    np.testing.assert_allclose(found, dx, atol=1e-12)


@BY_GEOMETRY
@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise_convolution_is_the_plain_one(geometry, multiplier, by_blocks):
    windows = Windows.of(*geometry)
    generator = np.random.default_rng(0)
    x = generator.standard_normal((2, *geometry[0], 3))
    kernel = generator.standard_normal((*geometry[1], 3, multiplier))
    y = depthwise_convolution.depthwise_conv(x, kernel, windows)
    np.testing.assert_allclose(y, plain.depthwise_conv(x, kernel, windows), atol=1e-12)
    dy = generator.standard_normal((*y.shape[:-1], 3, multiplier))
    dx, dkernel = plain.depthwise_conv_gradients(x, kernel, dy, windows)
    found = depthwise_convolution.depthwise_conv_kernel_gradient(x, dy, windows)
    np.testing.assert_allclose(found, dkernel, atol=1e-12)
    found = depthwise_convolution.depthwise_conv_input_gradient(dy, kernel, windows)
    np.testing.assert_allclose(found, dx, atol=1e-12)


def test_arrays_of_any_memory_layout_are_taken():
    windows = Windows.of((6, 7), (3, 3), (1, 1), "same")
    generator = np.random.default_rng(0)
    x = np.moveaxis(generator.standard_normal((2, 4, 6, 7)), 1, -1)
    kernel = generator.standard_normal((5, 4, 3, 3)).T
    dy = np.moveaxis(generator.standard_normal((2, 5, 6, 7)), 1, -1)
    np.testing.assert_allclose(
        convolution.conv(x, kernel, windows), plain.conv(x, kernel, windows), atol=1e-12
    )
    dx, dkernel = plain.conv_gradients(x, kernel, dy, windows)
    found = convolution.conv_kernel_gradient(x, dy, windows)
    np.testing.assert_allclose(found, dkernel, atol=1e-12)
    found = convolution.conv_input_gradient(dy, kernel, windows)
    np.testing.assert_allclose(found, dx, atol=1e-12)


@pytest.mark.parametrize("inputs", [3, 20])
def test_rows_stay_first_in_memory_where_channels_are_few_or_where_they_are_so(inputs):
    windows = Windows.of((8, 8), (3, 3), (1, 1), "same")
    x, kernel = np.ones((40, 8, 8, inputs)), np.ones((3, 3, inputs, 4))
    y = convolution.conv(x, kernel, windows)
    assert lies_rows_first(y) == (inputs == 3) and not lies_rows_first(x)
    for array in (y, convolution.conv(in_rows_first(x), kernel, windows)):
        dy = np.ones_like(array)
        assert lies_rows_first(dy) == lies_rows_first(array)
        dx = convolution.conv_input_gradient(dy, kernel, windows)
        assert lies_rows_first(dx) == lies_rows_first(array)


def test_a_layout_is_changed_and_changed_back():
    x = np.arange(240.0).reshape(2, 4, 6, 5)
    rows = in_rows_first(x)
    assert lies_rows_first(rows) and not lies_rows_first(x)
    assert in_rows_first(rows).base is rows.base and in_channels_last(x) is x
    back = in_channels_last(rows)
    assert back.flags.c_contiguous
    for array in (rows, back):
        np.testing.assert_array_equal(array, x)


def test_an_empty_batch_gives_empty_outputs_and_zero_gradients():
    windows = Windows.of((6, 7), (3, 3), (1, 1), "same")
    x, kernel = np.zeros((0, 6, 7, 2)), np.ones((3, 3, 2, 4))
    y = convolution.conv(x, kernel, windows)
    assert y.shape == (0, 6, 7, 4)
    assert not convolution.conv_kernel_gradient(x, y, windows).any()
    assert convolution.conv_input_gradient(y, kernel, windows).shape == x.shape


def test_half_precision_is_summed_in_single_precision(monkeypatch):
    """2048 + 1 is 2048 in float16: summed there, the last thousand examples would be lost."""
    monkeypatch.setattr(windows_module, "BLOCK_BYTES", 1)
    windows = Windows.of((2,), (2,), (1,), "valid")
    x, dy = np.ones((3000, 2, 1), "float16"), np.ones((3000, 1, 1), "float16")
    gradient = convolution.conv_kernel_gradient(x, dy, windows)
    assert gradient.dtype == "float16" and gradient.ravel().tolist() == [3000, 3000]


@pytest.mark.parametrize("shape", [(3, 5, 4), (2, 6, 5, 4), (2, 3, 2, 5, 4)])
@pytest.mark.parametrize("large", [0, 2**14])
def test_the_bias_is_added_at_every_place_and_its_gradient_is_the_sum(shape, large, monkeypatch):
    monkeypatch.setattr(bias_module, "LARGE", large)
    generator = np.random.default_rng(0)
    y, bias = generator.standard_normal(shape), generator.standard_normal(shape[-1])
    for array in (y.copy(), np.moveaxis(np.moveaxis(y, -1, 1).copy(), 1, -1)):
        np.testing.assert_allclose(bias_module.bias_gradient(array), array.reshape(-1, 4).sum(0))
        bias_module.add_bias(array, bias)
        np.testing.assert_array_equal(array, y + bias)


def test_the_kernel_gradient_of_a_long_signal_takes_little_memory():
    """A product for every place would take half a gigabyte here."""
    windows = Windows.of((2000,), (512,), (1,), "valid")
    generator = np.random.default_rng(0)
    x, dy = generator.standard_normal((1, 2000, 1)), generator.standard_normal((1, 1489, 64))
    tracemalloc.start()
    gradient = convolution.conv_kernel_gradient(x, dy, windows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    view = np.lib.stride_tricks.sliding_window_view(x[0, :, 0], 512)
    np.testing.assert_allclose(gradient[:, 0], view.T @ dy[0], 1e-10, 1e-10)
    assert peak < 2**26
