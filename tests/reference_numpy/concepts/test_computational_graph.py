"""The textbook's numbers, and values that go several ways."""

import numpy as np

from reference_numpy.concepts.computational_graph import chain_rule

SHOP = [("×", 0, 1), ("×", 2, 3), ("+", 5, 6), ("×", 7, 4)]


def test_the_shop_has_the_textbooks_numbers():
    """Saito, Deep Learning from Scratch, figure 5-17."""
    prices = [np.array(number) for number in (100.0, 2.0, 150.0, 3.0, 1.1)]
    values, grads = chain_rule(SHOP, prices)
    np.testing.assert_allclose(values[5:], [200, 450, 650, 715])
    np.testing.assert_allclose(grads, [2.2, 110, 3.3, 165, 650, 1.1, 1.1, 1.1, 1])


def test_a_value_used_several_times_gets_the_sum_and_one_that_is_not_used_nothing():
    # y = (x x + x) x, so dy/dx = 3 x² + 2 x; the second input leads nowhere
    x = np.array([1.0, -2.0, 0.5])
    graph = [("×", 0, 0), ("+", 2, 0), ("×", 3, 0)]
    values, grads = chain_rule(graph, [x, np.ones(3)])
    np.testing.assert_allclose(values[-1], x**3 + x**2)
    np.testing.assert_allclose(grads[0], 3 * x**2 + 2 * x)
    assert not grads[1].any()
