"""Backpropagation: layers that go forward and backward; what it costs; why two networks part."""

import time

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import relu, relu_derivative
from reference_numpy.concepts.optimizers import adam, sgd
from reference_numpy.concepts.output_layers import softmax


def affine(x, weight, bias):
    """y = x W + b: (n, inputs), (inputs, units), (units,) → (n, units).

    Source: Saito, Deep Learning from Scratch, 5.6.2.
    """
    return x @ weight + bias, (x, weight)


def affine_backward(dy, cache):
    """Each gradient has the shape of its array; the bias, added to every row, gets their sum."""
    x, weight = cache
    return dy @ weight.T, x.T @ dy, dy.sum(axis=0)


def softmax_with_loss(y_true, y_pred):
    """Mean cross-entropy of softmax(y_pred) with y_true, one-hot; both (n, classes).

    The logarithm of softmax is taken at once, so that no logarithm is ever that of 0.

    Source: Saito, Deep Learning from Scratch, 5.6.3.
    """
    shifted = y_pred - y_pred.max(axis=1, keepdims=True)
    log_y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -(y_true * log_y).sum() / len(y_true)


def softmax_with_loss_gradient(y_true, y_pred):
    """(y − t) / N: the error itself, and N since the loss is a mean."""
    y, _ = softmax(y_pred)
    return (y - y_true) / len(y_true)


def forward(x, weights):
    """The logits of a network, with what each layer keeps and the sums that enter each ReLU."""
    caches, sums = [], []
    for weight, bias in zip(weights[::2], weights[1::2]):
        z, cache = affine(x, weight, bias)
        caches.append(cache)
        sums.append(z)
        x = relu(z)
    return z, caches, sums[:-1]


def backward(dz, caches, sums):
    """The gradients of all weights, from that of the logits: the layers in reverse order."""
    dx, *grads = affine_backward(dz, caches[-1])
    for cache, z in zip(caches[-2::-1], sums[::-1]):
        dx, *own = affine_backward(dx * relu_derivative(z), cache)
        grads = own + grads
    return grads


def backpropagation(x, t, weights):
    """The loss of a network and its gradients: all layers forward, then all of them backward.

    Args:
        x, t: (n, inputs), and one-hot (n, classes).
        weights: `[W1, b1, W2, b2, …]`, with ReLU between the Affine layers.

    Source: Rumelhart, Hinton & Williams 1986; Saito, Deep Learning from Scratch, 5.7.
    """
    z, caches, sums = forward(x, weights)
    return softmax_with_loss(t, z), backward(softmax_with_loss_gradient(t, z), caches, sums)


def loss_of(x, t, weights):
    """The loss alone: forward and no way back."""
    return softmax_with_loss(t, forward(x, weights)[0])


def differences(x, t, weights):
    """The gradients by central differences: two losses for every single weight."""
    copies = [np.array(w, "float64") for w in weights]
    return [rn.numerical_gradient(lambda _: loss_of(x, t, copies), w, 1e-5, 2) for w in copies]


def gradients(x, t, **weights):
    """Loss and gradients by backpropagation, and the gradients by differences, by name."""
    loss, grads = backpropagation(x, t, list(weights.values()))
    found = {f"gradient of {name}": grad for name, grad in zip(weights, grads)}
    judge = zip(weights, differences(x, t, list(weights.values())))
    return {"loss": loss, **found, **{f"difference of {name}": grad for name, grad in judge}}


def cost(x, t, widths, judged, repeats, generator):
    """The loss, and the seconds it takes alone, with its gradient, and by differences.

    Args:
        widths: of the hidden layer.
        judged: the widest that is differentiated by differences too.
        repeats: how often the others are measured, in turns; their medians count.
    """
    works = {"loss": loss_of, "backpropagation": backpropagation}
    found = {name: [] for name in ("value", "parameters", *works, "differences")}
    for width in widths:
        weights = start(generator, x.shape[1], width, t.shape[1])
        found["value"].append(loss_of(x, t, weights))
        found["parameters"].append(sum(w.size for w in weights))
        taken = [[seconds(work, x, t, weights) for work in works.values()] for _ in range(repeats)]
        for name, median in zip(works, np.median(taken, axis=0)):
            found[name].append(median)
        slow = seconds(differences, x, t, weights) if width <= judged else np.nan
        found["differences"].append(slow)
    return found


def start(generator, *sizes):
    """Weights and biases of a network with layers of these sizes."""
    shapes = [shape for pair in zip(sizes, sizes[1:]) for shape in (pair, pair[1:])]
    return [0.1 * generator.normal(size=shape) for shape in shapes]


def seconds(function, *arguments):
    """How long a call takes."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def training(x, t, runs, **kernels):
    """The mean loss of all examples before training and after each step, by run.

    Args:
        runs: by name what `train` takes; `start`, "W" or "V", says which of the kernels W1, W2,
            V1, V2 the network begins with, its biases zero; `dtype` another precision.
    """
    found = {}
    for name, run in runs.items():
        options = dict(run)
        letter, dtype = options.pop("start"), options.pop("dtype", x.dtype)
        own = [kernels[f"{letter}{layer}"].astype(dtype) for layer in (1, 2)]
        weights = [w for kernel in own for w in (kernel, np.zeros(kernel.shape[1], dtype))]
        found[name] = train(x.astype(dtype), t.astype(dtype), weights, **options)
    return found


def train(x, t, weights, batches, learning_rate, epsilon=None, summed=False, at_once=False):
    """The mean loss of all examples before training and after each step.

    Args:
        batches: the rows that each step sees; none where a step is left out.
        epsilon: Adam's; None for gradient descent.
        summed: whether the loss is the sum over a batch, not its mean.
        at_once: whether the last layer is updated before the gradient passes through it.
    """
    losses, states = [loss_of(x, t, weights)], [(0.0, 0.0, 0)] * len(weights)
    for rows in batches:
        if len(rows):
            z, caches, sums = forward(x[rows], weights)
            dz = softmax_with_loss_gradient(t[rows], z) * (len(rows) if summed else 1)
            grads = backward(dz, caches, sums)
            if at_once:
                h, weight = caches[-1]
                caches[-1] = h, weight - learning_rate * grads[-2]
                grads[:-2] = backward(dz, caches, sums)[:-2]
            if epsilon is None:
                weights = [sgd(w, g, learning_rate)[0] for w, g in zip(weights, grads)]
            else:
                steps = [
                    adam(w, g, *state, learning_rate, epsilon=epsilon)
                    for w, g, state in zip(weights, grads, states)
                ]
                weights, states = [w for w, *_ in steps], [state for _, *state in steps]
        losses.append(loss_of(x, t, weights))
    return np.array(losses)
