"""Backpropagation through more layers than the proof has, and the textbook's softmax gradient."""

import numpy as np
import pytest

from reference_numpy.concepts.backpropagation import (
    backpropagation,
    differences,
    loss_of,
    softmax_with_loss,
    softmax_with_loss_gradient,
)


@pytest.mark.parametrize("sizes", [(5, 3), (5, 4, 3), (5, 6, 4, 6, 3)])
def test_any_number_of_layers_gives_the_numerical_gradient(sizes):
    generator = np.random.default_rng(1)
    draw = generator.normal
    weights = [draw(size=s) for pair in zip(sizes, sizes[1:]) for s in (pair, pair[1:])]
    x, t = draw(size=(7, 5)), np.eye(3)[generator.integers(0, 3, 7)]
    loss, grads = backpropagation(x, t, weights)
    assert loss == loss_of(x, t, weights)
    for grad, judge, weight in zip(grads, differences(x, t, weights), weights, strict=True):
        assert grad.shape == weight.shape and np.abs(grad).max() > 1e-3
        np.testing.assert_allclose(grad, judge, rtol=1e-6, atol=1e-8)


def test_the_gradient_of_softmax_with_loss_is_the_error():
    """Saito, Deep Learning from Scratch, 5.6.3: y = (0.3, 0.2, 0.5), t = (0, 1, 0)."""
    logits, t = np.log([[0.3, 0.2, 0.5]]), np.array([[0.0, 1.0, 0.0]])
    np.testing.assert_allclose(softmax_with_loss_gradient(t, logits), [[0.3, -0.8, 0.5]])
    assert softmax_with_loss(t, logits) == pytest.approx(-np.log(0.2))


def test_sure_and_wrong_answers_have_a_finite_loss():
    logits, t = np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])
    assert softmax_with_loss(t, logits) == 1000
