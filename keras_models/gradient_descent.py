"""Gradient descent in Keras: `SGD` applied to a variable, again and again."""

import keras
import numpy as np
from keras import ops


def gradient_descent(gradient, w, learning_rate=0.1, steps=100):
    """A step of SGD, again and again: w before and after each step, (steps + 1, …)."""
    variable, path = keras.Variable(w, dtype=w.dtype.name), [w]
    optimizer = keras.optimizers.SGD(learning_rate=learning_rate)
    for _ in range(steps):
        optimizer.apply([gradient(variable.value)], [variable])
        path.append(variable.numpy())
    return np.stack(path)


def ravine(w):
    """f(x, y) = x² / 20 + y²: gentle along x, steep along y. w: (…, 2)."""
    return w[..., 0] ** 2 / 20 + w[..., 1] ** 2


def ravine_gradient(w):
    """Its gradient, (…, 2)."""
    return w * ops.convert_to_tensor([0.1, 2.0], dtype=w.dtype)


def valleys(w):
    """f(x, y) = x² / 10 + 1 − cos 2x + y² / 2: the deepest valley at 0, others beside it."""
    x, y = w[..., 0], w[..., 1]
    return x**2 / 10 + 1 - ops.cos(2 * x) + y**2 / 2


def valleys_gradient(w):
    """Its gradient, (…, 2)."""
    x, y = w[..., 0], w[..., 1]
    return ops.stack([x / 5 + 2 * ops.sin(2 * x), y], axis=-1)


SURFACES = {"ravine": ravine, "valleys": valleys}
GRADIENTS = {"ravine": ravine_gradient, "valleys": valleys_gradient}


def fields(points, gradient_of):
    """Heights and gradients of the surfaces at the points, the gradients by differentiation."""
    found = {}
    for name, f in SURFACES.items():
        dy = np.ones(points.shape[:-1], points.dtype)
        found[f"{name}: height"], (found[f"{name}: gradient"],) = gradient_of(f, [points], dy)
    return found


def paths(starts, rates, steps):
    """The paths from some starts down each surface, `(starts, steps + 1, 2)` for each rate."""
    return {
        f"{surface}, rate {rate}": gradient_descent(
            GRADIENTS[surface], starts, rate, steps
        ).swapaxes(0, 1)
        for surface in rates
        for rate in rates[surface]
    }


def parabola(w, rates, steps):
    """The path down f(w) = w² / 2 for each rate: (rates, steps + 1)."""
    return {"paths": np.stack([gradient_descent(lambda w: w, w, r, steps)[:, 0] for r in rates])}


def directions(points, angles, distance, gradient_of):
    """How much the ravine falls along each direction, and along and against its gradient.

    Returns: see the NumPy half.
    """
    here, (gradient,) = gradient_of(ravine, [points], np.ones(len(points), points.dtype))
    moves = distance * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    unit = gradient / np.linalg.norm(gradient, axis=-1, keepdims=True)

    def fall(here, there):
        return here - ops.convert_to_numpy(ravine(ops.convert_to_tensor(there)))

    return {
        "fall": fall(here[:, None], points[:, None] + moves),
        "fall along the gradient": fall(here, points + distance * unit),
        "fall against the gradient": fall(here, points - distance * unit),
        "cosine": np.sum(unit * points, axis=-1) / np.linalg.norm(points, axis=-1),
    }


def ends(starts, learning_rate, steps):
    """Where descents on the valleys end, and how high that is."""
    end = gradient_descent(valleys_gradient, starts, learning_rate, steps)[-1]
    return {"end": end, "height": ops.convert_to_numpy(valleys(ops.convert_to_tensor(end)))}


def regression(x, y, w, rates, steps):
    """Mean squared error of a linear regression before each step, for each rate."""
    inputs, targets = ops.convert_to_tensor(x), ops.convert_to_tensor(y)

    def gradient(w):
        return 2 / len(x) * ops.matmul(ops.transpose(inputs), ops.matmul(inputs, w) - targets)

    def loss(path):
        error = ops.matmul(ops.convert_to_tensor(path), ops.transpose(inputs)) - targets
        return ops.convert_to_numpy(ops.mean(error**2, axis=1))

    losses = np.stack([loss(gradient_descent(gradient, w, rate, steps - 1)) for rate in rates])
    return {"losses": losses, "first losses": losses[:, :3]}
