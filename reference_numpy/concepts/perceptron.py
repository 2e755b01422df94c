"""The perceptron: logic gates from a weighted sum and a step."""

import numpy as np


def weighted_sum(x, w, b):
    """z = x w + b: each input counts by its weight, and the bias is the sum without inputs.

    Args:
        x: (n, inputs), a row each. w: (inputs, units). b: (units,), or a number.

    Source: Rosenblatt 1958, The perceptron; Saito, Deep Learning from Scratch, 2.3.
    """
    return x @ w + b


def step(z):
    """1 where z > 0, else 0.

    Source: Saito, Deep Learning from Scratch, 3.2.
    """
    return (z > 0).astype(z.dtype)


def AND(x):
    """1 where both inputs are 1: (n, 2) → (n, 1)."""
    w, b = np.array([[0.5], [0.5]], x.dtype), -0.7
    return step(weighted_sum(x, w, b))


def NAND(x):
    """Not AND: its weights and bias with the other sign."""
    w, b = np.array([[-0.5], [-0.5]], x.dtype), 0.7
    return step(weighted_sum(x, w, b))


def OR(x):
    """1 where at least one input is 1: AND with another bias."""
    w, b = np.array([[0.5], [0.5]], x.dtype), -0.2
    return step(weighted_sum(x, w, b))


def XOR(x):
    """1 where the inputs differ: a second perceptron looks at what two others answer.

    Source: Saito, Deep Learning from Scratch, 2.5.
    """
    hidden = np.concatenate([NAND(x), OR(x)], axis=1)
    return AND(hidden)


def gates(x):
    """What each gate answers at the points x, (n, 2)."""
    return {gate.__name__: gate(x)[:, 0] for gate in (AND, NAND, OR, XOR)}


def search(x, targets, number, generator):
    """The most rows of each target that any of many networks drawn at random gets right.

    Args:
        x: (n, 2), the inputs. targets: (functions, n), 0 or 1.
        number: how many perceptrons are drawn, and how many networks of two layers: two
            perceptrons that a third one looks at.
    """
    w, b = generator.normal(size=(2, number)), generator.normal(size=number)
    one = step(weighted_sum(x, w, b))

    w, b = generator.normal(size=(2, 2 * number)), generator.normal(size=2 * number)
    hidden = step(weighted_sum(x, w, b)).reshape(len(x), 2, number)
    v, c = generator.normal(size=(2, number)), generator.normal(size=number)
    two = step((hidden * v).sum(axis=1) + c)
    return {"one perceptron": most_right(one, targets), "two layers": most_right(two, targets)}


def most_right(answers, targets):
    """For each target (functions, n) the most rows right of all the answers (n, number)."""
    return (answers[None] == targets[:, :, None]).sum(axis=1).max(axis=1).astype(targets.dtype)
