"""Computational graphs: nodes that add and multiply, and the chain rule backward through them."""

import numpy as np


def add(x, y):
    """z = x + y.

    Source: Saito, Deep Learning from Scratch, 5.3.1 and 5.4.2.
    """
    return x + y, None


def add_backward(dz, cache):
    """Addition passes on what it gets: ∂z/∂x = ∂z/∂y = 1."""
    return dz, dz


def multiply(x, y):
    """z = x y.

    Source: Saito, Deep Learning from Scratch, 5.3.2 and 5.4.1.
    """
    return x * y, (x, y)


def multiply_backward(dz, cache):
    """Multiplication swaps its inputs: ∂z/∂x = y, ∂z/∂y = x."""
    x, y = cache
    return dz * y, dz * x


# Forward and backward by the sign in the node.
OPERATIONS = {"+": (add, add_backward), "×": (multiply, multiply_backward)}


def chain_rule(graph, inputs):
    """All values of a graph, forward; and the derivative of the last by each of them, backward.

    Args:
        graph: for each node `(operation, i, j)`: what it does with the values number i and j,
            inputs first, then nodes in their order.
        inputs: a list of numbers, or of arrays of one shape.

    Source: Saito, Deep Learning from Scratch, 5.2; Rumelhart, Hinton & Williams 1986.
    """
    values, caches = list(inputs), []
    for operation, i, j in graph:
        forward, _ = OPERATIONS[operation]
        value, cache = forward(values[i], values[j])
        values.append(value)
        caches.append(cache)

    grads = [np.zeros_like(value) for value in values]
    grads[-1] = np.ones_like(values[-1])
    for number in reversed(range(len(graph))):
        operation, i, j = graph[number]
        _, backward = OPERATIONS[operation]
        di, dj = backward(grads[len(inputs) + number], caches[number])
        grads[i] = grads[i] + di  # a value that goes several ways gets the sum of what comes back
        grads[j] = grads[j] + dj
    return values, grads


def shopping(graph, inputs):
    """Values and derivatives of a graph, (inputs and nodes, n), for inputs (inputs, n)."""
    values, grads = chain_rule(graph, list(inputs))
    return {"values": np.stack(values), "derivatives": np.stack(grads)}


def random_graph(graph, inputs, steps, h):
    """The chain rule and the numerical derivative, node by node; and steps that are not small.

    Args:
        steps: by how much each input is raised, one at a time.
        h: half of the distance of the central difference.

    Returns:
        `values`, `derivatives`, `numerical`, each (inputs and nodes, n); `rise`, (steps, inputs,
        n): by how much the last node grows.
    """
    found = shopping(graph, inputs)
    one_by_one = np.eye(len(found["values"]))[..., None]
    above, below = (
        np.array([evaluate(graph, inputs, side * shifts)[-1] for shifts in one_by_one])
        for side in (h, -h)
    )
    raised = [
        [evaluate(graph, inputs, step * shifts)[-1] for shifts in one_by_one[: len(inputs)]]
        for step in steps
    ]
    rise = np.array(raised) - found["values"][-1]
    return {**found, "numerical": (above - below) / (2 * h), "rise": rise}


def evaluate(graph, inputs, shifts):
    """All values of a graph, each of them shifted by its own amount."""
    values = [x + shift for x, shift in zip(inputs, shifts)]
    for (operation, i, j), shift in zip(graph, shifts[len(inputs) :]):
        value, _ = OPERATIONS[operation][0](values[i], values[j])
        values.append(value + shift)
    return values


def paths(graphs, inputs):
    """How many paths lead from the inputs, (inputs, 1), to the last node of each graph of sums.

    Where nodes only add, every local derivative is 1, and a derivative is the number of paths.
    """
    derivatives = [shopping(graph, inputs)["derivatives"] for graph in graphs]
    return {"paths": np.array([found[: len(inputs)].sum() for found in derivatives])}
