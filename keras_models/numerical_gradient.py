"""Numerical differentiation in Keras; what one ships is automatic differentiation."""

import numpy as np
from keras import activations, ops


def forward_difference(f, h):
    """The slope of the line through x and the point h ahead; Keras itself has no differences."""
    return lambda x: (f(x + h) - f(x)) / h


def central_difference(f, h):
    """As far back as ahead."""
    return lambda x: (f(x + h) - f(x - h)) / (2 * h)


def partial_derivative(f, index, h):
    """One entry of x is moved, the others stay."""

    def derivative(x):
        step = ops.one_hot(index, x.shape[0], dtype=x.dtype) * h
        return (f(x + step) - f(x - step)) / (2 * h)

    return derivative


def numerical_gradient(f, h):
    """All partial derivatives of a function of a vector."""
    return lambda x: ops.stack([partial_derivative(f, i, h)(x) for i in range(x.shape[0])])


RULES = {"forward": forward_difference, "central": central_difference}
ACTIVATIONS = {"tanh": activations.tanh, "ReLU": activations.relu}


def errors(x, steps, constants, at, wide, gradient_of):
    """Mean error of the differences of f(x) = sin x + c by step width.

    Returns: see the NumPy half.
    """
    _, (derivative,) = gradient_of(ops.sin, [x], np.ones_like(x))
    found, place = {"derivative": derivative}, ops.convert_to_tensor(at)
    for name, difference in RULES.items():
        slopes = [difference(ops.sin, h)(place) for h in wide]
        found[name] = ops.convert_to_numpy(ops.concatenate(slopes))
    for dtype in ("float64", "float32"):
        points = ops.convert_to_tensor(x.astype(dtype))
        for name, difference in RULES.items():
            slopes = [
                [difference(lambda x, c=c: ops.sin(x) + c, h)(points) for h in steps]
                for c in constants
            ]
            slopes = ops.convert_to_numpy(ops.stack([ops.stack(row) for row in slopes]))
            found[f"{dtype}: {name}"] = np.abs(slopes - np.cos(x)).mean(axis=-1)
    return found


def network_loss(x, t, w1, w2, activation):
    """Cross-entropy of a network of one hidden layer, for each member of a stack of w1."""
    y = activations.softmax(ops.matmul(activation(ops.matmul(x, w1)), w2))
    return -ops.sum(ops.multiply(t, ops.log(y)), axis=(-2, -1)) / x.shape[0]


def gradient_check(x, t, w1, w2, steps, gradient_of):
    """Numerical against automatic gradient of w1, by step width.

    Returns: see the NumPy half.
    """
    found, each = {}, np.eye(w1.size, dtype=w1.dtype).reshape(w1.size, *w1.shape)
    for name, activation in ACTIVATIONS.items():
        _, (exact,) = gradient_of(
            lambda w, activation=activation: network_loss(x, t, w, w2, activation),
            [w1],
            np.ones((), w1.dtype),
        )
        found[f"{name}: gradient"] = exact
        for dtype in ("float64", "float32"):
            tensors = (ops.convert_to_tensor(a.astype(dtype)) for a in (x, t, w1, w2, each))
            inputs, targets, first, last, moves = tensors

            def difference(step, xt=(inputs, targets), w=(first, last), activation=activation):
                above = network_loss(*xt, w[0] + step, w[1], activation)
                return above - network_loss(*xt, w[0] - step, w[1], activation)

            slopes = ops.stack([difference(h * moves) / (2 * h) for h in steps])
            slopes = ops.convert_to_numpy(slopes).astype("float64")
            found[f"{name}, {dtype}"] = slopes - exact.ravel()
    return found


def kink(x, steps, gradient_of):
    """The central difference of ReLU around 0 by step width: (steps, n)."""
    points = ops.convert_to_tensor(x)
    found = [ops.convert_to_numpy(central_difference(ops.relu, h)(points)) for h in steps]
    _, (derivative,) = gradient_of(ops.relu, [x], np.ones_like(x))
    return {"differences": np.stack(found), "derivative": derivative}
