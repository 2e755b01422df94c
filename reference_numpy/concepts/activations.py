"""Activation functions with their derivatives, and what they do to the learning of a network."""

import time

import numpy as np

import reference_numpy as rn


def sigmoid(x):
    """1 / (1 + e⁻ˣ): between 0 and 1.

    Source: Saito, Deep Learning from Scratch, 3.2.4 and 5.5.2.
    """
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    """y (1 − y), at most 1/4."""
    y = sigmoid(x)
    return y * (1 - y)


def tanh(x):
    """(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ): between −1 and 1."""
    return np.tanh(x)


def tanh_derivative(x):
    """1 − y², at most 1."""
    return 1 - np.tanh(x) ** 2


def relu(x):
    """max(0, x).

    Source: Nair & Hinton 2010; Saito, Deep Learning from Scratch, 3.2.7 and 5.5.1.
    """
    return np.maximum(0, x)


def relu_derivative(x):
    """1 above 0, else 0."""
    return (x > 0).astype(x.dtype)


def leaky_relu(x, negative_slope=0.2):
    """x above 0, below it a share of x.

    Source: Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models.
    """
    return np.where(x > 0, x, negative_slope * x)


def leaky_relu_derivative(x, negative_slope=0.2):
    """1 above 0, below it the slope, which is never 0."""
    return np.where(x > 0, 1, negative_slope).astype(x.dtype)


def elu(x, alpha=1.0):
    """x above 0, below it α (eˣ − 1), which levels off at −α.

    Source: Clevert, Unterthiner & Hochreiter 2015, Exponential linear units.
    """
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


def elu_derivative(x, alpha=1.0):
    """1 above 0, below it α eˣ."""
    return np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))


def selu(x, alpha=1.6732632423543772, scale=1.0507009873554805):
    """ELU times a scale, both such that mean 0 and variance 1 stay so from layer to layer.

    Source: Klambauer et al. 2017, Self-normalizing neural networks.
    """
    return scale * elu(x, alpha)


def selu_derivative(x, alpha=1.6732632423543772, scale=1.0507009873554805):
    """The scale times ELU's derivative."""
    return scale * elu_derivative(x, alpha)


def gelu(x):
    """x Φ(x): x times the share of a normal distribution that lies below it.

    Source: Hendrycks & Gimpel 2016, Gaussian error linear units.
    """
    return x * normal_share(x)


def gelu_derivative(x):
    """Φ(x) + x φ(x)."""
    return normal_share(x) + x * normal_density(x)


def normal_density(x):
    """φ(x) = e^(−x²/2) / √(2π)."""
    return np.exp(-x * x / 2) / (2 * np.pi) ** 0.5


def normal_share(x):
    """Φ(x) = ½ + ∫₀ˣ φ(t) dt, by Gauss's rule of 64 points; beyond ±9 it is 0 or 1."""
    points, weights = np.polynomial.legendre.leggauss(64)
    points, weights = (points.astype(x.dtype) + 1) / 2, weights.astype(x.dtype) / 2
    x = np.clip(x, -9, 9)
    return 0.5 + x * (normal_density(x[..., None] * points) @ weights)


def silu(x):
    """x σ(x), also called swish.

    Source: Elfwing, Uchibe & Doya 2017; Ramachandran, Zoph & Le 2017.
    """
    return x * sigmoid(x)


def silu_derivative(x):
    """σ + x σ (1 − σ)."""
    return sigmoid(x) + x * sigmoid_derivative(x)


def mish(x):
    """x tanh(log(1 + eˣ)).

    Source: Misra 2019, Mish: a self regularized non-monotonic activation function.
    """
    return x * np.tanh(np.logaddexp(0, x))


def mish_derivative(x):
    """t + x (1 − t²) σ(x), where t = tanh(log(1 + eˣ))."""
    t = np.tanh(np.logaddexp(0, x))
    return t + x * (1 - t * t) * sigmoid(x)


NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish")
# Weights of a network of two hidden layers for images of 14 × 14 pixels.
SHAPES = (196, 100), (100, 100), (100, 10)


def curves(x):
    """Values and derivatives at the points x by name."""
    found = {}
    for name in NAMES:
        found[name] = globals()[name](x)
        found[f"{name}: derivative"] = globals()[f"{name}_derivative"](x)
    return found


def gradient_norms(x, dy, weights, scales):
    """Mean size of the gradient at each layer's input in a deep network, `(scales, layers)`.

    Args:
        x: (batch, n), the input. dy: (batch, n), the gradient at the last output.
        weights: (layers, n, n).
        scales: by activation, factors by which the weights are multiplied.
    """
    found = {}
    for name in scales:
        function, derivative = globals()[name], globals()[f"{name}_derivative"]
        norms = []
        for scale in scales[name]:
            h, sums = x, []
            for w in scale * weights:
                sums.append(h @ w)
                h = function(sums[-1])
            slope, sizes = dy, []
            for w, z in zip(reversed(scale * weights), reversed(sums)):
                slope = (slope * derivative(z)) @ w.T
                sizes.append(np.abs(slope).mean())
            norms.append(sizes[::-1])
        found[name] = np.array(norms)
    return found


def cost(x, w, repeats):
    """Median seconds of some activations at x, and of the product x w, taken in turns."""
    works = {"ReLU": relu, "sigmoid": sigmoid, "tanh": tanh, "product": lambda x: x @ w}
    seconds = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            start = time.perf_counter()
            work(x)
            seconds[name].append(time.perf_counter() - start)
    return {name: np.median(values) for name, values in seconds.items()} | {"values": tanh(x[:1])}


def build_model(activation):
    """196 pixels, two hidden layers of 100 with the activation, ten outputs for softmax."""
    model = rn.Sequential([rn.Input((196,))])
    for _ in range(2):
        model.add(rn.layers.Dense(100, activation=activation))
    model.add(rn.layers.Dense(10))
    loss = rn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(rn.optimizers.SGD(), loss=loss)
    return model


def learning(x, y, networks, steps, generator):
    """Networks that learn from the same weights, but for their scale, and the same batches.

    Args:
        x: (n, 196), images. y: (n,), digits.
        networks: by name `(activation, scale of the weights, dead units, learning rates)`.
        steps: training steps of 50 images each.

    Returns:
        By name: losses `(rates, steps)`; the responses `(rates, images, units)` of the second
        hidden layer to some images; and which of the units of the first layer that were dead at
        the start are awake at the end, `(rates, dead units)`.
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
            responses.append(model.layers[1](first[:50]))
            awake.append((first[:, :dead] > 0).any(axis=0))
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
