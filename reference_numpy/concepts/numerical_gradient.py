"""Numerical differentiation: differences, the gradient by them, and how far they can be trusted."""

import numpy as np

from reference_numpy.concepts.activations import relu, relu_derivative, tanh, tanh_derivative
from reference_numpy.concepts.output_layers import softmax


def forward_difference(f, x, h=1e-8):
    """(f(x + h) − f(x)) / h: the slope of the line through x and the point h ahead.

    Source: Saito, Deep Learning from Scratch, 4.3.1.
    """
    return (f(x + h) - f(x)) / h


def central_difference(f, x, h=1e-4):
    """(f(x + h) − f(x − h)) / 2h: as far back as ahead.

    Source: Saito, Deep Learning from Scratch, 4.3.1.
    """
    return (f(x + h) - f(x - h)) / (2 * h)


def partial_derivative(f, x, index, h=1e-4):
    """∂f/∂xᵢ: one entry of x is moved, the others stay.

    Args:
        f: function of an array that gives a number. index: which entry.

    Source: Saito, Deep Learning from Scratch, 4.3.3.
    """
    step = np.zeros_like(x)
    step[index] = h
    return (f(x + step) - f(x - step)) / (2 * h)


def numerical_gradient(f, x, h=1e-4):
    """All partial derivatives, in an array of the shape of x: two values of f for each entry.

    Source: Saito, Deep Learning from Scratch, 4.4.
    """
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        gradient[index] = partial_derivative(f, x, index, h)
    return gradient


def errors(x, steps, constants, at, wide):
    """Mean error of the differences of f(x) = sin x + c by step width.

    Args:
        x: (n,), points that float32 has too. steps: step widths. constants: the values of c.
        at: (1,), the place of the secants that are drawn. wide: their step widths.

    Returns:
        By precision and rule (constants, steps); the exact derivative; and by rule the secants'
        slopes, (wide,).
    """
    found = {"derivative": np.cos(x)}
    for name, difference in RULES.items():
        found[name] = np.concatenate([difference(np.sin, at, h) for h in wide])
    for dtype in ("float64", "float32"):
        points = x.astype(dtype)
        for name, difference in RULES.items():
            slopes = [
                [difference(lambda x, c=c: np.sin(x) + c, points, h) for h in steps]
                for c in constants
            ]
            found[f"{dtype}: {name}"] = np.abs(slopes - np.cos(x)).mean(axis=-1)
    return found


RULES = {"forward": forward_difference, "central": central_difference}
ACTIVATIONS = {"tanh": (tanh, tanh_derivative), "ReLU": (relu, relu_derivative)}


def network_loss(x, t, w1, w2, activation):
    """Cross-entropy of a network of one hidden layer, for each member of a stack of w1."""
    y, _ = softmax(activation(x @ w1) @ w2)
    return -np.sum(t * np.log(y), axis=(-2, -1)) / len(x)


def network_gradient(x, t, w1, w2, activation, derivative):
    """Its gradient for w1, by backpropagation."""
    z = x @ w1
    y, _ = softmax(activation(z) @ w2)
    return x.T @ ((y - t) / len(x) @ w2.T * derivative(z))


def gradient_check(x, t, w1, w2, steps):
    """Numerical against analytical gradient of w1, by step width.

    Returns:
        For each activation the analytical gradient, and by precision how far each entry of the
        numerical one is from it, (steps, entries).
    """
    found, each = {}, np.eye(w1.size, dtype=w1.dtype).reshape(w1.size, *w1.shape)
    for name, (activation, derivative) in ACTIVATIONS.items():
        exact = network_gradient(x, t, w1, w2, activation, derivative)
        found[f"{name}: gradient"] = exact
        for dtype in ("float64", "float32"):
            inputs, targets, first, last, moves = (a.astype(dtype) for a in (x, t, w1, w2, each))

            def difference(step, xt=(inputs, targets), w=(first, last), activation=activation):
                above = network_loss(*xt, w[0] + step, w[1], activation)
                return above - network_loss(*xt, w[0] - step, w[1], activation)

            slopes = np.stack([difference(h * moves) / (2 * h) for h in steps])
            found[f"{name}, {dtype}"] = slopes.astype("float64") - exact.ravel()
    return found


def kink(x, steps):
    """The central difference of ReLU around 0 by step width: (steps, n)."""
    found = np.stack([central_difference(relu, x, h) for h in steps])
    return {"differences": found, "derivative": relu_derivative(x)}
