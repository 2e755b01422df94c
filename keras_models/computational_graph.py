"""Computational graphs in Keras, whose backend differentiates what was computed."""

import numpy as np
from keras import ops


def add():
    """The operation `x + y` stands for."""
    return ops.add


def multiply():
    """The operation `x * y` stands for."""
    return ops.multiply


OPERATIONS = {"+": ops.add, "×": ops.multiply}


def chain_rule(graph, inputs, gradient_of):
    """The derivative of a graph's last value by each of its values.

    `gradient_of` is the backend's own: TensorFlow's tape, JAX's vjp or PyTorch's autograd.
    The derivative by a value inside the graph is that by a zero which is added to it.
    """
    zeros = [np.zeros_like(inputs[0])] * (len(inputs) + len(graph))

    def last(*shifts):
        return evaluate(graph, inputs, shifts)[-1]

    _, grads = gradient_of(last, zeros, np.ones_like(inputs[0]))
    return grads


def evaluate(graph, inputs, shifts):
    """All values of a graph, each of them shifted by its own amount."""
    values = [ops.add(x, shift) for x, shift in zip(inputs, shifts)]
    for (operation, i, j), shift in zip(graph, shifts[len(inputs) :]):
        values.append(ops.add(OPERATIONS[operation](values[i], values[j]), shift))
    return values


def shopping(graph, inputs, gradient_of):
    """Values and derivatives of a graph, (inputs and nodes, n), for inputs (inputs, n)."""
    values = evaluate(graph, inputs, np.zeros((len(inputs) + len(graph), 1), inputs.dtype))
    grads = chain_rule(graph, inputs, gradient_of)
    return {"values": ops.convert_to_numpy(ops.stack(values)), "derivatives": np.stack(grads)}


def random_graph(graph, inputs, steps, h, gradient_of):
    """Values and derivatives; numerical ones are taken in NumPy, in double precision."""
    return shopping(graph, inputs, gradient_of)


def paths(graphs, inputs, gradient_of):
    """How many paths lead from the inputs to the last node of each graph of sums."""
    grads = [chain_rule(graph, inputs, gradient_of)[: len(inputs)] for graph in graphs]
    return {"paths": np.array([np.sum(found) for found in grads])}
