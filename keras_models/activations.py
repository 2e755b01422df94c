"""Activation functions in Keras, their derivatives, and what depth does to the gradient."""

import numpy as np
from keras import activations, ops

OF_SEVERAL = ("softmax", "log_softmax", "sparsemax")
DEEP = ("sigmoid", "tanh", "relu")


def curves(x, names, gradient_of):
    """Value and derivative of the named activation functions at the points x, (n,).

    Args:
        gradient_of: the backend's automatic differentiation: `gradient_of(function, inputs, dy)`
            gives the function's value and its gradients for the inputs.
    """
    found = {}
    for name in names:
        inputs = rows(name, x)
        dy = np.zeros_like(inputs)
        dy[:, 0] = 1
        y, (dx,) = gradient_of(activations.get(name), [inputs], dy)
        found[name] = y[:, 0]
        found[f"{name} derivative"] = dx[:, 0]
    return found


def rows(name, x):
    """A row for each point: (x), or (x, 0) for a function of several numbers."""
    columns = [x, np.zeros_like(x)] if name in OF_SEVERAL else [x]
    return np.stack(columns, axis=1)


def gradient_norms(x, dy, gradient_of, **weights):
    """Root mean square of the gradient at the input of every layer of a deep network.

    The gradient inside the network is that of a zero which is added at each layer's input.
    """
    found = {}
    for name in DEEP:
        function = activations.get(name)
        kernels = [w for key, w in weights.items() if key.startswith(f"{name}_")]

        def network(*probes, function=function, kernels=kernels):
            h = ops.convert_to_tensor(x)
            for probe, w in zip(probes, kernels, strict=True):
                h = function(ops.matmul(h + probe, w))
            return h

        _, slopes = gradient_of(network, [np.zeros_like(x) for _ in kernels], dy)
        found[name] = np.array([np.sqrt(np.mean(slope * slope)) for slope in slopes])
    return found
