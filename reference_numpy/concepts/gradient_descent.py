"""Gradient descent: the loop, the surfaces that it goes down, and what the learning rate does."""

import numpy as np


def gradient_descent(gradient, w, learning_rate=0.1, steps=100):
    """A step against the gradient, again and again: w before and after each step, (steps + 1, …).

    Args:
        gradient: function of w that gives the gradient there, of the shape of w.

    Source: Cauchy 1847; Saito, Deep Learning from Scratch, 4.4.1.
    """
    path = [w]
    for _ in range(steps):
        w = w - learning_rate * gradient(w)
        path.append(w)
    return np.stack(path)


def ravine(w):
    """f(x, y) = x² / 20 + y²: gentle along x, steep along y. w: (…, 2)."""
    return w[..., 0] ** 2 / 20 + w[..., 1] ** 2


def ravine_gradient(w):
    """Its gradient, (…, 2)."""
    return w * np.array([0.1, 2.0], dtype=w.dtype)


def valleys(w):
    """f(x, y) = x² / 10 + 1 − cos 2x + y² / 2: the deepest valley at 0, others beside it."""
    x, y = w[..., 0], w[..., 1]
    return x**2 / 10 + 1 - np.cos(2 * x) + y**2 / 2


def valleys_gradient(w):
    """Its gradient, (…, 2)."""
    x, y = w[..., 0], w[..., 1]
    return np.stack([x / 5 + 2 * np.sin(2 * x), y], axis=-1)


SURFACES = {"ravine": ravine, "valleys": valleys}
GRADIENTS = {"ravine": ravine_gradient, "valleys": valleys_gradient}


def fields(points):
    """Heights (…) and gradients (…, 2) of the surfaces at the points, (…, 2)."""
    heights = {f"{name}: height": f(points) for name, f in SURFACES.items()}
    return heights | {f"{name}: gradient": df(points) for name, df in GRADIENTS.items()}


def paths(starts, rates, steps):
    """The paths from some starts down each surface, `(starts, steps + 1, 2)` for each rate.

    Args:
        starts: (starts, 2). rates: learning rates by the surface's name.
    """
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


def directions(points, angles, distance):
    """How much the ravine falls along each direction, and along and against its gradient.

    Args:
        points: (n, 2). angles: (directions,), in radians. distance: how far to go.

    Returns:
        Falls, and the cosines between the ways against the gradient and to the minimum, at 0.
    """
    moves = distance * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    gradient = ravine_gradient(points)
    unit = gradient / np.linalg.norm(gradient, axis=-1, keepdims=True)
    here = ravine(points)
    return {
        "fall": here[:, None] - ravine(points[:, None] + moves),
        "fall along the gradient": here - ravine(points + distance * unit),
        "fall against the gradient": here - ravine(points - distance * unit),
        "cosine": np.sum(unit * points, axis=-1) / np.linalg.norm(points, axis=-1),
    }


def ends(starts, learning_rate, steps):
    """Where descents on the valleys end, and how high that is."""
    end = gradient_descent(valleys_gradient, starts, learning_rate, steps)[-1]
    return {"end": end, "height": valleys(end)}


def regression(x, y, w, rates, steps):
    """Mean squared error of a linear regression before each step, for each rate.

    Args:
        x: (n, inputs). y: (n,). w: (inputs,), where to start.

    Returns:
        The losses (rates, steps); and the first three of each.
    """

    def gradient(w):
        return 2 / len(x) * x.T @ (x @ w - y)

    # Where a rate is too large, numbers overflow.
    with np.errstate(over="ignore", invalid="ignore"):
        paths = [gradient_descent(gradient, w, rate, steps - 1) for rate in rates]
        losses = np.stack([np.mean((path @ x.T - y) ** 2, axis=1) for path in paths])
    return {"losses": losses, "first losses": losses[:, :3]}
