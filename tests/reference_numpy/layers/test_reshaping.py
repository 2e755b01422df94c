"""What the generic checks do not see of the reshaping layers."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.kernels import resize


@pytest.mark.parametrize(
    ("layer", "arguments", "shape", "message"),
    [
        ("Flatten", {"data_format": "channels_middle"}, (2, 3), "channels_middle"),
        ("Reshape", {"target_shape": (-1, -1)}, (2, 4), "one of them may be -1"),
        ("Reshape", {"target_shape": (-2, 2)}, (2, 4), "0 or more"),
        ("Reshape", {"target_shape": (3,)}, (2, 4), r"\(2, 4\) has 4 entries"),
        ("Reshape", {"target_shape": (-1, 3)}, (2, 4), r"target_shape=\(-1, 3\)"),
        ("Reshape", {"target_shape": (-1, 0)}, (2, 4), r"target_shape=\(-1, 0\)"),
        ("Permute", {"dims": (2, 3)}, (2, 4), "every axis from 1 on once"),
        ("Permute", {"dims": (2, 1)}, (2, 4), "expected ndim=3"),
        ("RepeatVector", {"n": 0}, (2, 4), "n=0"),
        ("UpSampling1D", {"size": 0}, (2, 4, 1), "size=0"),
        ("UpSampling2D", {"size": (2, 2, 2)}, (2, 4, 4, 1), r"size=\(2, 2, 2\)"),
        (
            "UpSampling2D",
            {"interpolation": "cubic"},
            (2, 4, 4, 1),
            "Unknown interpolation: 'cubic'",
        ),
        ("UpSampling3D", {"size": (1, 0, 1)}, (2, 4, 4, 4, 1), r"size=\(1, 0, 1\)"),
        ("Cropping1D", {"cropping": (2, 2)}, (2, 4, 1), r"cropping=\(2, 2\)"),
        ("Cropping1D", {"cropping": (1, 2, 3)}, (2, 4, 1), "tuple of 2 integers"),
        ("Cropping2D", {"cropping": -1}, (2, 4, 4, 1), "0 or more"),
        ("Cropping2D", {"cropping": (1, 1, 1)}, (2, 4, 4, 1), "2 pairs"),
        ("Cropping2D", {"cropping": ((1, 1), (4, 0))}, (2, 4, 4, 1), "smaller than the input"),
        ("Cropping3D", {"cropping": ((1, 1), (0, 0), "x")}, (2, 4, 4, 4, 1), "entry 2 of cropping"),
        ("ZeroPadding1D", {"padding": -1}, (2, 4, 1), "padding=-1"),
        ("ZeroPadding2D", {"padding": ((1, 1), (1, -1))}, (2, 4, 4, 1), "entry 1 of padding"),
        ("ZeroPadding3D", {"padding": 1.5}, (2, 4, 4, 4, 1), "padding=1.5"),
        ("ZeroPadding2D", {"padding": 1}, (2, 4, 4), "expected ndim=4"),
    ],
)
def test_bad_arguments_are_refused(layer, arguments, shape, message):
    with pytest.raises(ValueError, match=message):
        getattr(rn.layers, layer)(**arguments)(np.zeros(shape))


@pytest.mark.parametrize(
    ("layer", "arguments", "input_shape", "output_shape"),
    [
        ("Flatten", {}, (None, 3, 4), (None, 12)),
        ("Flatten", {}, (None, None, 4), (None, None)),
        ("Reshape", {"target_shape": (-1, 2)}, (None, None, 4), (None, None, 2)),
        ("Reshape", {"target_shape": (-1, 2)}, (None, 4), (None, 2, 2)),
        ("Cropping2D", {"cropping": 1}, (None, None, 4, 3), (None, None, 2, 3)),
        ("ZeroPadding1D", {}, (None, None, 3), (None, None, 3)),
        ("UpSampling2D", {}, (None, 2, None, 3), (None, 4, None, 3)),
    ],
)
def test_unknown_sizes_stay_unknown(layer, arguments, input_shape, output_shape):
    layer = getattr(rn.layers, layer)(**arguments)
    assert layer.compute_output_shape(input_shape) == output_shape


@pytest.mark.parametrize("interpolation", resize.INTERPOLATIONS)
@pytest.mark.parametrize("sizes", [(5, 12), (12, 5), (7, 7), (1, 4), (4, 1)])
@pytest.mark.parametrize("antialias", [False, True])
def test_resizing_keeps_constant_images(interpolation, sizes, antialias):
    matrix = resize.resize_matrix(*sizes, interpolation, antialias)
    assert matrix.shape == sizes[::-1]
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-14)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_interpolation_is_exact_on_a_ramp(interpolation):
    """Away from the borders both kernels reproduce a straight line at the sampled places."""
    y = resize.resize_matrix(10, 35, interpolation) @ np.arange(10.0)
    places = (np.arange(35) + 0.5) * 10 / 35 - 0.5
    inner = slice(6, -6)
    np.testing.assert_allclose(y[inner], places[inner], rtol=1e-13)


def test_area_is_the_mean_over_what_a_pixel_covers():
    expected = np.array([[2, 1, 0], [0, 1, 2]]) / 3
    np.testing.assert_allclose(resize.resize_matrix(3, 2, "area"), expected)


def test_antialiasing_sees_every_pixel():
    """Without it a strongly shrunk image skips most pixels; with it each counts the same."""
    plain = resize.resize_matrix(40, 4, "bilinear")
    wide = resize.resize_matrix(40, 4, "bilinear", True)
    assert (plain.sum(axis=0) == 0).sum() == 32 and (wide.sum(axis=0) > 0).all()
