"""The textbook's TwoLayerNet: its methods by hand, and its two gradients against one another."""

import numpy as np
import pytest

from reference_numpy.concepts.two_layer_net import TwoLayerNet


@pytest.fixture
def network():
    return TwoLayerNet.random(5, 4, 3, weight_init_std=0.7, seed=1)


def test_the_params_have_the_textbooks_names_and_shapes(network):
    shapes = {name: w.shape for name, w in network.params.items()}
    assert shapes == {"W1": (5, 4), "b1": (4,), "W2": (4, 3), "b2": (3,)}
    assert not network.params["b1"].any() and network.params["W1"].std() > 0.3


def test_backpropagation_gives_the_numerical_gradient(network):
    generator = np.random.default_rng(0)
    x, t = generator.normal(size=(6, 5)), np.eye(3)[generator.integers(0, 3, 6)]
    network.params["b1"] += 0.1
    grads, numerical = network.gradient(x, t), network.numerical_gradient(x, t)
    assert grads.keys() == numerical.keys() == network.params.keys()
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, numerical[name], rtol=1e-5, atol=1e-8, err_msg=name)
        assert np.abs(grad).max() > 1e-3


def test_loss_and_accuracy_by_hand():
    """All weights zero but b2 = log (1, 2, 1): the probabilities are 1/4, 1/2, 1/4."""
    network = TwoLayerNet.random(2, 2, 3, weight_init_std=0.0)
    network.params["b2"] += np.log([1, 2, 1])
    x, t = np.ones((4, 2)), np.eye(3)[[1, 1, 0, 1]]
    np.testing.assert_allclose(network.predict(x), [[0.25, 0.5, 0.25]] * 4)
    assert network.accuracy(x, t) == 0.75
    assert network.loss(x, t) == pytest.approx((3 * np.log(2) + np.log(4)) / 4)


def test_the_loss_of_a_sure_and_right_answer_is_zero_as_near_as_probabilities_may_come_to_one():
    network = TwoLayerNet.random(2, 2, 3, weight_init_std=0.0)
    network.params["b2"][1] = 1000.0
    assert network.loss(np.ones((1, 2)), np.eye(3)[[1]]) == pytest.approx(1e-7)
