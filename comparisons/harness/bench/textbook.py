"""What readable costs: a model composed of the plain functions that a reader is shown.

Each layer is the function that its concept introduces, with its backward pass; nothing is fused,
kept or computed in place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from reference_numpy.concepts.activations import relu, relu_derivative, tanh, tanh_derivative
from reference_numpy.concepts.backpropagation import (
    affine,
    affine_backward,
    softmax_with_loss,
    softmax_with_loss_gradient,
)
from reference_numpy.concepts.convolution import (
    convolution_by_im2col,
    convolution_by_im2col_backward,
)
from reference_numpy.concepts.flattened_shape import flatten, flatten_backward
from reference_numpy.concepts.lstm import lstm, lstm_backward
from reference_numpy.concepts.mini_batch import mini_batches
from reference_numpy.concepts.optimizers import adam, sgd
from reference_numpy.concepts.output_layers import softmax
from reference_numpy.concepts.pooling import (
    average_pooling,
    average_pooling_backward,
    max_pooling,
    max_pooling_backward,
)

ACTIVATIONS = {"relu": (relu, relu_derivative), "tanh": (tanh, tanh_derivative)}
POOLINGS = {
    "MaxPooling2D": (max_pooling, max_pooling_backward),
    "AveragePooling2D": (average_pooling, average_pooling_backward),
}
RULES = {"sgd": (sgd, ()), "adam": (adam, (0.0, 0.0, 0))}


@dataclass
class Step:
    """A function of the model: forward, backward, and its weights.

    Args:
        forward: `(x, *weights)` → `(y, cache)`.
        backward: `(dy, cache)` → the gradients of x and the weights.
        states: what the update rule keeps of each weight.
    """

    forward: Callable
    backward: Callable
    weights: list
    states: list


class Textbook:
    """A sequence of layers, trained by the textbook's loop.

    Args:
        model: the library's model, whose weights it begins with; its last layer is a Dense with
            softmax.
        optimizer: "sgd" or "adam".
    """

    def __init__(self, model, optimizer: str):
        self.rule, start = RULES[optimizer]
        self.steps = [
            Step(*step, [start] * len(step[2])) for layer in model.layers for step in plain(layer)
        ]
        self.generator = np.random.default_rng(0)

    def forward(self, x):
        """The logits, and what each step keeps."""
        caches = []
        for step in self.steps:
            x, cache = step.forward(x, *step.weights)
            caches.append(cache)
        return x, caches

    def train_on_batch(self, x, y) -> tuple[float, float]:
        """One training step; the loss and the accuracy before it."""
        z, caches = self.forward(x)
        t = np.eye(z.shape[1], dtype=z.dtype)[y]
        dy = softmax_with_loss_gradient(t, z)
        for step, cache in zip(reversed(self.steps), reversed(caches)):
            found = step.backward(dy, cache)
            dy, *grads = found if isinstance(found, tuple) else (found,)
            updated = [
                self.rule(w, g, *state) for w, g, state in zip(step.weights, grads, step.states)
            ]
            step.weights = [w for w, *_ in updated]
            step.states = [state for _, *state in updated]
        return softmax_with_loss(t, z), np.mean(z.argmax(axis=1) == y)

    def fit(self, x, y, batch_size: int) -> np.ndarray:
        """Train for an epoch; its mean loss and accuracy."""
        batches = mini_batches(len(x), batch_size, self.generator)
        return np.mean([self.train_on_batch(x[rows], y[rows]) for rows in batches], axis=0)

    def predict(self, x, batch_size: int) -> np.ndarray:
        """The probabilities of the classes."""
        batches = (x[start : start + batch_size] for start in range(0, len(x), batch_size))
        return np.concatenate([softmax(self.forward(batch)[0])[0] for batch in batches])


def plain(layer) -> list[tuple[Callable, Callable, list]]:
    """A layer of the library as plain functions, its activation one of its own.

    Raises:
        ValueError: the concepts write out no such layer.
    """
    kind, weights = type(layer).__name__, layer.get_weights()
    if kind == "Flatten":
        return [(flatten, flatten_backward, [])]
    if kind in POOLINGS:
        forward, backward = POOLINGS[kind]
        return [(partial(forward, pool_size=layer.pool_size, strides=layer.strides), backward, [])]
    if kind == "LSTM":
        return [(lstm, lstm_backward, weights), (last_step, last_step_backward, [])]
    if kind == "Dense":
        step = affine, affine_backward, weights
    elif kind == "Conv2D":
        forward = partial(convolution_by_im2col, strides=layer.strides, padding=layer.padding)
        step = forward, convolution_by_im2col_backward, weights
    else:
        raise ValueError(f"no concept writes out {kind}")
    activation = layer.get_config()["activation"]
    return [step, *([] if activation == "softmax" else [elementwise(*ACTIVATIONS[activation])])]


def elementwise(f: Callable, df: Callable) -> tuple[Callable, Callable, list]:
    """A function of each number, and its derivative."""
    return lambda x: (f(x), x), lambda dy, x: dy * df(x), []


def last_step(outputs):
    """The last of a sequence's outputs, (batch, time, units) → (batch, units)."""
    return outputs[:, -1], outputs.shape


def last_step_backward(dy, shape):
    """The gradient, and zeros at the steps before."""
    doutputs = np.zeros(shape, dy.dtype)
    doutputs[:, -1] = dy
    return doutputs
