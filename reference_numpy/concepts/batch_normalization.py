"""Batch normalization: each unit's sums over the batch get mean 0 and variance 1."""

import numpy as np

import reference_numpy as rn

LAYERS, UNITS = 4, 100


def batch_normalization(x, gamma, beta, moving_mean, moving_variance, momentum=0.99, epsilon=0.001):
    """y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), μ and σ² over the batch; x: (batch, units).

    At prediction there is no batch: the moving averages of μ and σ² over the steps stand in.

    Source: Ioffe & Szegedy 2015; Saito, Deep Learning from Scratch, 6.3.
    """
    mean, variance = x.mean(axis=0), x.var(axis=0)
    deviation = np.sqrt(variance + epsilon)
    x_hat = (x - mean) / deviation
    moving_mean = momentum * moving_mean + (1 - momentum) * mean
    moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return (gamma * x_hat + beta, moving_mean, moving_variance), (x_hat, deviation, gamma)


def batch_normalization_backward(dy, cache):
    """Gradients of x, γ, β: what changes μ or σ² changes every row, hence the two means."""
    x_hat, deviation, gamma = cache
    dx_hat = dy * gamma
    dx = dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)
    return dx / deviation, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def normalize_by_moving(x, gamma, beta, moving_mean, moving_variance, epsilon=0.001):
    """In prediction: y = γ (x − μ) / √(σ² + ε) + β with the moving statistics, row by row."""
    deviation = np.sqrt(moving_variance + epsilon)
    x_hat = (x - moving_mean) / deviation
    return gamma * x_hat + beta, (x_hat, deviation, gamma)


def normalize_by_moving_backward(dy, cache):
    """Gradients of x, γ, β: the statistics are constants here."""
    x_hat, deviation, gamma = cache
    return dy * gamma / deviation, (dy * x_hat).sum(axis=0), dy.sum(axis=0)


def build_model(place, learning_rate, deviation):
    """784 pixels, four hidden layers of 100 with ReLU, ten logits.

    Args:
        place: `"before"` or `"after"` the activation, or `""` for no batch normalization.
        deviation: standard deviation of the initial weights; None for He's.
    """
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(LAYERS):
        # One of its own for each layer: one initializer draws the same numbers in every call.
        initial = rn.initializers.RandomNormal(stddev=deviation) if deviation else "he_normal"
        model.add(rn.layers.Dense(UNITS, kernel_initializer=initial))
        if place == "before":
            model.add(rn.layers.BatchNormalization(momentum=0.9))
        model.add(rn.layers.Activation("relu"))
        if place == "after":
            model.add(rn.layers.BatchNormalization(momentum=0.9))
    model.add(rn.layers.Dense(10))
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=learning_rate),
        loss=rn.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def hidden(model, data):
    """What the hidden layers answer to 50 test images, by layer."""
    h, found = data.x_test[:50], {}
    for layer in model.layers:
        h = layer(h)
        if isinstance(layer, rn.layers.Activation):
            found[f"{len(found) + 1}"] = h
    return found
