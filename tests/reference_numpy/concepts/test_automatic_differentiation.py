"""The tape: every operation against differences, repeated operands, precision, what is unused."""

import numpy as np
import pytest

import reference_numpy as rn
from reference_numpy.concepts.automatic_differentiation import (
    exp,
    log,
    maximum,
    total,
    value_and_gradients,
)

ARRAY = np.arange(6.0).reshape(2, 3)
CASES = {
    "row added": lambda x, row, w: total((x + row) * ARRAY),
    "column by row": lambda x, row, w: total(total(x, axis=1) * row * ARRAY),
    "number over": lambda x, row, w: total(ARRAY / (2.0 * x)) + total(x / row),
    "array less": lambda x, row, w: total((ARRAY - x) ** 3 * (row - x)),
    "product": lambda x, row, w: total((x @ w) ** 2) + total(ARRAY @ w),
    "exp and log": lambda x, row, w: total(log(exp(x) + row) * ARRAY),
    "maximum": lambda x, row, w: total(maximum(x, 1.2) * ARRAY),
    "used three times": lambda x, row, w: total(x * x * x + x),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_differences(name):
    generator = np.random.default_rng(0)
    arrays = [generator.uniform(0.5, 2, shape) for shape in ((2, 3), (3,), (3, 2))]
    value, grads = value_and_gradients(CASES[name], *arrays)
    assert np.ndim(value) == 0
    for place, (array, grad) in enumerate(zip(arrays, grads, strict=True)):

        def f(moved, place=place):
            return value_and_gradients(CASES[name], *arrays[:place], moved, *arrays[place + 1 :])[0]

        assert grad.shape == array.shape
        np.testing.assert_allclose(grad, rn.numerical_gradient(f, array.copy()), atol=1e-8)


def test_single_precision_stays_single():
    x = np.ones((2, 3), "float32")
    value, (grad,) = value_and_gradients(lambda x: total((2.0 * x - ARRAY) ** 2 / 3), x)
    assert value.dtype == grad.dtype == np.float32


def test_what_leads_nowhere_has_the_gradient_zero():
    _, (used, unused) = value_and_gradients(lambda x, y: total(x * 2.0), np.ones(2), np.ones(3))
    assert used.tolist() == [2, 2] and unused.tolist() == [0, 0, 0]
