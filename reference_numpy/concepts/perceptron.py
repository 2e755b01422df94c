"""The perceptron: logic gates from a weighted sum and a threshold."""

import numpy as np

WEIGHTS = {
    "AND": (np.array([0.5, 0.5]), -0.7),
    "NAND": (np.array([-0.5, -0.5]), 0.7),
    "OR": (np.array([0.5, 0.5]), -0.2),
}


def perceptron(x, w, b):
    """y = 1 where w · x + b > 0, else 0.

    Args:
        x: (n, 2), the inputs, a row each. w: (2,), the weights. b: the bias, a number.

    Source: Saito, Deep Learning from Scratch, section 2.3.
    """
    return (x @ w.astype(x.dtype) + b > 0).astype(x.dtype)


def gate(name, x):
    """The gate AND, NAND or OR: one perceptron."""
    return perceptron(x, *WEIGHTS[name])


def xor(x):
    """XOR: no line separates its inputs, but two layers do: AND of NAND and OR."""
    hidden = np.stack([gate("NAND", x), gate("OR", x)], axis=1)
    return gate("AND", hidden)


def gates(x):
    """The output of every gate for the rows of x, by name."""
    return {**{name: gate(name, x) for name in WEIGHTS}, "XOR": xor(x)}


def best_single_perceptron(x, y, weights, biases):
    """How many of the rows the best of many perceptrons gets right, for one target.

    Args:
        x: (n, 2), inputs. y: (n,), the targets 0 or 1.
        weights: (m, 2) and biases: (m,), the perceptrons to try.
    """
    answers = (x @ weights.T + biases > 0).astype(x.dtype)
    return {"right": (answers == y[:, None]).sum(axis=0).max().astype(x.dtype)}
