"""What the proof of super-resolution cannot say: both ways agree, and what the formulas promise."""

import numpy as np
import pytest

from reference_numpy.concepts import super_resolution as half


@pytest.mark.parametrize(("k", "block"), [(1, 2), (3, 2), (3, 3)])
def test_a_transposed_convolution_is_convolution_and_shuffle(k, block):
    draw = np.random.default_rng(0).normal
    x, kernel = draw(size=(2, 4, 5, 3)), draw(size=(k * block, k * block, 2, 3))
    found = half.two_ways(x, kernel, block)
    assert found["transposed"].shape == (2, 4 * block, 5 * block, 2)
    np.testing.assert_allclose(found["shuffled"], found["transposed"], rtol=0, atol=1e-12)


def test_bicubic_gives_back_what_is_flat_and_what_rises_evenly():
    flat = np.full((1, 6, 6, 1), 0.3)
    for size in (12, 3, 5):
        np.testing.assert_allclose(half.bicubic(flat, size), 0.3)
    ramp = np.broadcast_to(np.arange(10.0)[:, None, None], (1, 10, 10, 1))
    # A cubic reaches two pixels; nearer to the edge some of them do not exist.
    places = (np.arange(20) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(half.bicubic(ramp, 20)[0, 4:-4, 9, 0], places[4:-4])


def test_every_pixel_counts_where_pictures_are_made_smaller():
    for place in range(2, 6):
        x = np.zeros((1, 8, 8, 1))
        x[0, place, place] = 1
        assert half.bicubic(x, 2).max() > 0.01


def test_ten_times_less_error_is_twenty_decibels_more():
    y = np.zeros((2, 3, 3, 1))
    found = half.psnr(y, y + np.array([0.1, 0.01]).reshape(2, 1, 1, 1))
    np.testing.assert_allclose(found, [20, 40])
