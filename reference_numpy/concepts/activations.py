"""Activation functions, their derivatives, and what depth does to the gradient."""

import numpy as np

from reference_numpy import activations

OF_SEVERAL = ("softmax", "log_softmax", "sparsemax")
DEEP = ("sigmoid", "tanh", "relu")


def curves(x, names):
    """Value and derivative of the named activation functions at the points x, (n,).

    Of a function of several numbers (softmax) it is the first output over its own input, where
    the second input is 0.
    """
    found = {}
    for name in names:
        function = activations.get(name)
        y, cache = function.forward(rows(name, x))
        dy = np.zeros_like(y)
        dy[:, 0] = 1
        found[name] = y[:, 0]
        found[f"{name} derivative"] = function.backward(dy, cache)[:, 0]
    return found


def rows(name, x):
    """A row for each point: (x), or (x, 0) for a function of several numbers."""
    columns = [x, np.zeros_like(x)] if name in OF_SEVERAL else [x]
    return np.stack(columns, axis=1)


def gradient_norms(x, dy, **weights):
    """Root mean square of the gradient at the input of every layer of a deep network.

    Args:
        x: (batch, n), the input. dy: (batch, n), the gradient at the last output.
        weights: the layers' weights, (n, n) each, in order: `sigmoid_0`, `sigmoid_1`, …
    """
    found = {}
    for name in DEEP:
        function = activations.get(name)
        kernels = [w for key, w in weights.items() if key.startswith(f"{name}_")]
        h, caches = x, []
        for w in kernels:
            h, cache = function.forward(h @ w)
            caches.append(cache)
        slope, norms = dy, []
        for w, cache in zip(reversed(kernels), reversed(caches), strict=True):
            slope = function.backward(slope, cache) @ w.T
            norms.append(np.sqrt(np.mean(slope * slope)))
        found[name] = np.array(norms[::-1])
    return found
