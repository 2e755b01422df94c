"""Activation functions in Keras, and what they do to the learning of a network."""

import time

import keras
import numpy as np
from keras import activations, layers, ops


def sigmoid():
    """Between 0 and 1."""
    return activations.sigmoid


def tanh():
    """Between −1 and 1."""
    return activations.tanh


def relu():
    """max(0, x)."""
    return activations.relu


def leaky_relu():
    """x above 0, below it 0.2 x."""
    return activations.leaky_relu


def elu():
    """x above 0, below it eˣ − 1."""
    return activations.elu


def selu():
    """ELU with an α and a scale that keep mean and variance."""
    return activations.selu


def gelu():
    """x Φ(x)."""
    return activations.gelu


def silu():
    """x σ(x)."""
    return activations.silu


def mish():
    """x tanh(log(1 + eˣ))."""
    return activations.mish


NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish")
SHAPES = (196, 100), (100, 100), (100, 10)


def curves(x, gradient_of):
    """Values and derivatives at the points x by name."""
    found = {}
    for name in NAMES:
        y, (dx,) = gradient_of(activations.get(name), [x], np.ones_like(x))
        found[name], found[f"{name}: derivative"] = y, dx
    return found


def gradient_norms(x, dy, weights, scales, gradient_of):
    """Mean size of the gradient at each layer's input in a deep network, `(scales, layers)`.

    The gradient inside the network is that of a zero which is added at each layer's input.
    """
    found = {}
    for name in scales:
        function, norms = activations.get(name), []
        for scale in scales[name]:

            def network(*probes, function=function, kernels=scale * weights):
                h = ops.convert_to_tensor(x)
                for probe, w in zip(probes, kernels):
                    h = function(ops.matmul(h + probe, w))
                return h

            _, slopes = gradient_of(network, [np.zeros_like(x) for _ in weights], dy)
            norms.append([np.abs(slope).mean() for slope in slopes])
        found[name] = np.array(norms)
    return found


def cost(x, w, repeats):
    """Median seconds of some activations at x, and of the product x w, taken in turns."""
    x, w = ops.convert_to_tensor(x), ops.convert_to_tensor(w)
    works = {
        "ReLU": activations.relu,
        "sigmoid": activations.sigmoid,
        "tanh": activations.tanh,
        "product": lambda x: ops.matmul(x, w),
    }
    seconds = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            start = time.perf_counter()
            ops.convert_to_numpy(work(x)[0, 0])  # a number of it is there when all of it is
            seconds[name].append(time.perf_counter() - start)
    values = ops.convert_to_numpy(activations.tanh(x[:1]))
    return {name: np.median(times) for name, times in seconds.items()} | {"values": values}


def build_model(activation):
    """196 pixels, two hidden layers of 100 with the activation, ten outputs for softmax."""
    model = keras.Sequential([layers.Input((196,))])
    for _ in range(2):
        model.add(layers.Dense(100, activation=activation))
    model.add(layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(), loss=loss)
    return model


def learning(x, y, networks, steps, generator):
    """Networks that learn from the same weights, but for their scale, and the same batches.

    Returns: see the NumPy half.
    """
    batches = generator.integers(0, len(x), (steps, 50))
    *hidden, last = [generator.normal(size=shape) / shape[0] ** 0.5 for shape in SHAPES]
    last = [last, np.zeros(10)]
    found = {}
    for name, (activation, scale, dead, rates) in networks.items():
        model, losses, responses, awake = build_model(activation), [], [], []
        for learning_rate in rates:
            model.set_weights(start_weights(x, [scale * w for w in hidden], dead) + last)
            model.optimizer.learning_rate = learning_rate
            losses.append([train_step(model, x[b], y[b]) for b in batches])
            first = model.layers[0](x)
            responses.append(ops.convert_to_numpy(model.layers[1](first[:50])))
            awake.append((ops.convert_to_numpy(first)[:, :dead] > 0).any(axis=0))
        found[f"{name}: losses"] = np.array(losses)
        found[f"{name}: first losses"] = np.array(losses)[:, :3]
        found[f"{name}: responses"] = np.array(responses)
        found[f"{name}: awake"] = np.array(awake)
    return found


def start_weights(x, kernels, dead):
    """Hidden kernels and biases in order; no image of x excites the first `dead` units."""
    first, second = np.zeros(100), np.zeros(100)
    first[:dead] = -(x @ kernels[0][:, :dead]).max(axis=0) - 0.1
    return [kernels[0], first, kernels[1], second]


def train_step(model, x, y):
    """The loss of a batch, before the step that it makes."""
    model.reset_metrics()
    return model.train_on_batch(x, y)
