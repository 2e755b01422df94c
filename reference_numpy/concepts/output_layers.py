"""The output layer: identity for numbers, softmax for classes."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import sigmoid


def identity(x):
    """y = x: the output of a regression is the last layer's sum as it is.

    Source: Saito, Deep Learning from Scratch, 3.5.
    """
    return x


def identity_derivative(x):
    """1 everywhere."""
    return np.ones_like(x)


def softmax(x):
    """yₖ = exp(xₖ) / Σᵢ exp(xᵢ) along the last axis; x: (…, classes).

    The largest xᵢ is taken off first, which changes nothing but keeps exp from overflowing.

    Source: Saito, Deep Learning from Scratch, 3.5.2.
    """
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
    return y, y


def softmax_backward(dy, cache):
    """dxₖ = yₖ (dyₖ − Σᵢ dyᵢ yᵢ): every output hangs on every input."""
    y = cache
    return y * (dy - (dy * y).sum(axis=-1, keepdims=True))


def naive_softmax(x):
    """The same without taking the largest off: ∞ / ∞, which is no number, for large inputs."""
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def properties(x, constant):
    """Sums of softmax, softmax with a constant added, and softmax of two beside sigmoid."""
    y, _ = softmax(x)
    added, _ = softmax(x + constant)
    two, _ = softmax(x[:, :2])
    return {
        "sums": y.sum(axis=1),
        "plain": y,
        "constant added": added,
        "softmax of two": two[:, 0],
        "sigmoid of the difference": sigmoid(x[:, 0] - x[:, 1]),
    }


def overflow(x, scales):
    """The share of rows that are numbers, by size of the inputs: naive softmax and stable."""
    with np.errstate(over="ignore", invalid="ignore"):
        naive = [np.isfinite(naive_softmax(x * scale)).all(axis=1).mean() for scale in scales]
    stable = [np.isfinite(softmax(x * scale)[0]).all(axis=1).mean() for scale in scales]
    return {"naive": np.array(naive), "stable": np.array(stable)}


def curves(x, others, temperatures):
    """Softmax of (x, *others) / temperature for each x: (temperatures, points, classes)."""
    rows = np.concatenate([x[:, None], np.broadcast_to(others, (len(x), len(others)))], axis=1)
    return {"curves": softmax(rows[None] / temperatures[:, None, None])[0]}


def build_model(twice, learning_rate):
    """784 pixels, 50 units with ReLU, ten classes; softmax once, or by mistake twice."""
    model = rn.Sequential(
        [
            rn.Input((784,)),
            rn.layers.Dense(50, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(10, activation="softmax"),
        ]
    )
    if twice:
        model.add(rn.layers.Softmax())
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
