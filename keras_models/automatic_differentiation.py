"""Automatic differentiation where Keras runs: GradientTape, jax.grad, torch.autograd."""

import keras
import numpy as np
from keras import ops


def value_and_gradients(function, *arrays):
    """A function's value, which is a number, and its gradients, as the backend finds them."""
    tensors = [ops.convert_to_tensor(array) for array in arrays]
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            y = function(*tensors)
        grads = tape.gradient(y, tensors)
    elif keras.backend.backend() == "jax":
        import jax

        everywhere = tuple(range(len(tensors)))
        y, grads = jax.value_and_grad(function, argnums=everywhere)(*tensors)
    else:
        import torch

        tensors = [tensor.requires_grad_() for tensor in tensors]
        y = function(*tensors)
        grads = torch.autograd.grad(y, tensors)
    return ops.convert_to_numpy(y), [ops.convert_to_numpy(grad) for grad in grads]


def network(x, t):
    """The loss of a network of two layers, as a function of its weights: forward and no more."""

    def loss(W1, b1, W2, b2):
        h = ops.relu(ops.matmul(x, W1) + b1)
        a = ops.matmul(h, W2) + b2
        return ops.mean(ops.logsumexp(a, axis=1) - ops.sum(a * t, axis=1))

    return loss


def gradients(x, t, **weights):
    """Loss and gradients; those by hand and by differences are NumPy's."""
    x, t = ops.convert_to_tensor(x), ops.convert_to_tensor(t)
    loss, grads = value_and_gradients(network(x, t), *weights.values())
    return {"loss": loss, **{f"gradient of {name}": grad for name, grad in zip(weights, grads)}}


def newton(x, steps):
    """√x by Newton's method, and the derivative of that loop, after each number of turns."""

    def root(x, turns):
        y = x * 0.5 + 0.5
        for _ in range(turns):
            y = (y + x / y) * 0.5
        return y

    found = {"values": [], "derivatives": []}
    for turns in steps:
        found["values"].append(ops.convert_to_numpy(root(ops.convert_to_tensor(x), turns)))
        _, (slope,) = value_and_gradients(lambda x, turns=turns: ops.sum(root(x, turns)), x)
        found["derivatives"].append(slope)
    return found


def lengths(x):
    """√(x²) for each number, and its derivative."""
    _, (slope,) = value_and_gradients(lambda x: ops.sum(ops.sqrt(x * x)), x)
    return {"lengths": np.sqrt(x * x), "derivatives": slope}


def cost(x, t, widths, repeats, generator):
    """The loss by width of the layer; it is NumPy that is timed."""
    x, t, losses = ops.convert_to_tensor(x), ops.convert_to_tensor(t), []
    for width in widths:
        shapes = (x.shape[1], width), (width,), (width, t.shape[1]), (t.shape[1],)
        weights = [0.1 * generator.normal(size=shape) for shape in shapes]
        tensors = [ops.convert_to_tensor(w, dtype=x.dtype) for w in weights]
        losses.append(ops.convert_to_numpy(network(x, t)(*tensors)))
    return {"loss": np.array(losses)}
