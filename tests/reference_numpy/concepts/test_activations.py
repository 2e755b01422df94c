"""What the textbooks and papers say of the activation functions, beside their equations."""

import math

import numpy as np
import pytest

from reference_numpy.concepts import activations

X = np.linspace(-6, 6, 61)


def test_tanh_is_a_stretched_sigmoid():
    np.testing.assert_allclose(activations.tanh(X), 2 * activations.sigmoid(2 * X) - 1, atol=1e-15)


def test_sigmoid_is_a_half_at_0_and_has_the_slope_of_a_quarter_there():
    assert activations.sigmoid(0.0) == 0.5
    assert activations.sigmoid_derivative(X).max() == activations.sigmoid_derivative(0.0) == 0.25


def test_the_share_below_x_is_the_normal_distributions():
    share = [0.5 * math.erfc(-x / math.sqrt(2)) for x in np.linspace(-12, 12, 97)]
    found = activations.normal_share(np.linspace(-12, 12, 97))
    np.testing.assert_allclose(found, share, rtol=0, atol=1e-14)


def test_selu_keeps_mean_0_and_variance_1():
    """E[y] = 0 and E[y²] = 1 for x from a standard normal distribution (section 2 of the paper)."""
    x = np.linspace(-12, 12, 240_001)
    density = activations.normal_density(x) * (x[1] - x[0])
    y = activations.selu(x)
    assert np.sum(y * density) == pytest.approx(0, abs=1e-6)
    assert np.sum(y * y * density) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish"])
def test_the_rectifiers_pass_large_numbers_and_stop_small_ones(name):
    function = getattr(activations, name)
    scale = 1.0507009873554805 if name == "selu" else 1.0
    assert function(np.array([50.0]))[0] == pytest.approx(50.0 * scale)
    assert abs(function(np.array([-50.0]))[0]) < (11 if name == "leaky_relu" else 2)


def test_at_the_kink_the_slope_is_the_one_below_0():
    zero = np.zeros(1)
    assert activations.relu_derivative(zero)[0] == 0
    assert activations.leaky_relu_derivative(zero, 0.1)[0] == 0.1
