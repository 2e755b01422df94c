"""Rosenblatt's rule: a perceptron that finds its weights from examples."""

import numpy as np

from reference_numpy.concepts.perceptron import step, weighted_sum


def perceptron_rule(w, b, x, t, learning_rate=1.0):
    """Look at one example; where the answer is wrong, move the weights by the input.

    Args:
        w: (inputs, units), perceptrons that learn side by side. b: (units,).
        x: (1, inputs), the example. t: (1, units), what each should answer, 0 or 1.

    Source: Rosenblatt 1962, Principles of neurodynamics.
    """
    error = t - step(weighted_sum(x, w, b))  # 1: should have been 1; −1: should have been 0
    w = w + learning_rate * x.T @ error
    b = b + learning_rate * error[0]
    return w, b


def perceptron_learning(x, t, w, b, epochs, learning_rate=1.0):
    """One example after another, until an epoch passes without a correction.

    Returns:
        w and b at the start and after each look.
    """
    weights, biases = [w], [b]
    for _ in range(epochs):
        for i in range(len(x)):
            w, b = perceptron_rule(w, b, x[i : i + 1], t[i : i + 1], learning_rate)
            weights.append(w)
            biases.append(b)
        if not np.ptp(biases[-len(x) - 1 :], axis=0).any():  # a correction always moves b
            break
    return np.array(weights), np.array(biases)


def separable(x, t, numbers, epochs):
    """Weights and biases look by look, from zeros, on the first examples, so many of them."""
    found, w, b = {}, np.zeros((x.shape[1], t.shape[1]), x.dtype), np.zeros(t.shape[1], x.dtype)
    for number in numbers:
        weights, biases = perceptron_learning(x[:number], t[:number], w, b, epochs)
        found |= {f"weights, {number}": weights, f"biases, {number}": biases}
    return found


def learning_rates(x, t, w, b, rates, epochs):
    """How many corrections each unit needs, by learning rate."""
    found = {}
    for rate in rates:
        _, biases = perceptron_learning(x, t, w, b, epochs, rate)
        found[f"rate {rate}"] = (np.diff(biases, axis=0) != 0).sum(axis=0)
    return found


def gates(x, t, w, b, epochs):
    """Weights and biases look by look, a perceptron for each function of two inputs."""
    weights, biases = perceptron_learning(x, t, w, b, epochs)
    return {"weights": weights, "biases": biases}
