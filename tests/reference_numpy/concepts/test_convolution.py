"""What the textbook says of convolution, and windows along any number of axes."""

import numpy as np
import pytest

from reference_numpy.concepts.convolution import convolution, convolution_backward, im2col

IMAGE = np.array([[1.0, 2, 3, 0], [0, 1, 2, 3], [3, 0, 1, 2], [2, 3, 0, 1]])
KERNEL = np.array([[2.0, 0, 1], [0, 1, 2], [1, 0, 2]])


def of_one_image(strides, padding, bias=0.0):
    """The textbook's kernel on its image."""
    x, kernel = IMAGE[None, ..., None], KERNEL[..., None, None]
    return convolution(x, kernel, np.array([bias]), strides, padding)[0][0, ..., 0].tolist()


def test_the_textbooks_numbers():
    """Saito, Deep Learning from Scratch, figures 7-4 to 7-6."""
    assert of_one_image((1, 1), "valid") == [[15, 16], [6, 15]]
    assert of_one_image((1, 1), "valid", bias=3.0) == [[18, 19], [9, 18]]
    padded = [[7, 12, 10, 2], [4, 15, 16, 10], [10, 6, 15, 6], [8, 10, 4, 3]]
    assert of_one_image((1, 1), "same") == padded


@pytest.mark.parametrize("images", [1, 10])
def test_the_textbooks_im2col(images):
    """Section 7.4.3: windows of 5×5 on 7×7 pixels of three channels are nine rows of 75 entries."""
    col, _ = im2col(np.zeros((images, 7, 7, 3)), (5, 5), (1, 1), "valid")
    assert col.reshape(-1, col.shape[-1]).shape == (9 * images, 75)


@pytest.mark.parametrize("rank", [1, 3])
def test_the_loop_is_the_same_along_any_number_of_axes(rank):
    """With sizes of 1 along further axes, a convolution in the plane is one along a line."""
    generator = np.random.default_rng(0)
    line = generator.standard_normal((2, 7, 3)), generator.standard_normal((3, 3, 4)), np.ones(4)
    y, cache = convolution(*line, (2,), "same")
    dy = generator.standard_normal(y.shape)
    others = (1,) * (rank - 1)
    x, kernel = line[0].reshape(2, 7, *others, 3), line[1].reshape(3, *others, 3, 4)
    found, its = convolution(x, kernel, line[2], (2, *others), "same")
    np.testing.assert_array_equal(found.reshape(y.shape), y)
    slopes = convolution_backward(dy.reshape(found.shape), its)
    for slope, plain in zip(slopes, convolution_backward(dy, cache)):
        np.testing.assert_allclose(slope.reshape(plain.shape), plain, atol=1e-12)


def test_a_shifted_image_gives_shifted_outputs():
    generator = np.random.default_rng(0)
    x, kernel = generator.standard_normal((1, 8, 8, 1)), generator.standard_normal((3, 3, 1, 2))
    y, _ = convolution(x, kernel, np.zeros(2), (1, 1), "valid")
    shifted, _ = convolution(x[:, 1:, 2:], kernel, np.zeros(2), (1, 1), "valid")
    np.testing.assert_array_equal(shifted, y[:, 1:, 2:])
