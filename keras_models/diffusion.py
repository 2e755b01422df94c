"""Diffusion in Keras: a network trained by mean squared error, and the sampler around it."""

import math

import keras
import numpy as np
from keras import layers, ops

LEVELS, FEATURES = 200, 16
TIME = np.linspace(0, 0.98, LEVELS + 1)
STEPS = (1, 2, 5, 10, 25, 50, 200)
GRID = np.linspace(-2.7, 2.7, 13)
FARTHEST = 3.0


def linear_schedule():
    """The share of signal ᾱ at times from 0 on, where the noise that is added grows evenly."""

    def signal(time):
        beta = (0.1 + 19.9 * time) / (len(time) - 1)
        return ops.cumprod(ops.where(time > 0, 1 - beta, 1))

    return signal


def cosine_schedule():
    """The share of signal ᾱ at times from 0 to 1, along a squared cosine."""

    def signal(time):
        f = ops.cos(math.pi / 2 * (time + 0.008) / 1.008) ** 2
        return ops.where(time > 0, f / f[0], 1)  # compiled, f[0] / f[0] may round to less

    return signal


def add_noise():
    """A draw from q(x_t | x_0) at once."""
    return lambda x, noise, signal: ops.sqrt(signal) * x + ops.sqrt(1 - signal) * noise


def embed_time(features):
    """The level as sines and cosines of t/1, …, t/1000, (n, features)."""

    def embed(t):
        angle = t[:, None] / ops.cast(ops.logspace(0, 3, features // 2), t.dtype)
        return ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=1)

    return embed


def clean_of():
    """What is left without the noise."""
    return lambda x, noise, signal: (x - ops.sqrt(1 - signal) * noise) / ops.sqrt(signal)


def denoise_step(eta):
    """From the level of ᾱ to one of more signal ᾱ′, by a guess of what is clean."""

    def step(x, clean, noise, signal, next_signal):
        old = (x - ops.sqrt(signal) * clean) / ops.sqrt(1 - signal)
        variance = eta**2 * (1 - next_signal) / (1 - signal) * (1 - signal / next_signal)
        kept = ops.sqrt(1 - next_signal - variance)
        return ops.sqrt(next_signal) * clean + kept * old + ops.sqrt(variance) * noise

    return step


def sample(guess, x, signal, levels, eta, generator):
    """From noise to data: yields x at each of the falling levels after the first."""
    step, signal = denoise_step(eta), signal.astype(x.dtype)
    for now, then in zip(levels, levels[1:]):
        noise = generator.standard_normal(x.shape).astype(x.dtype)
        given = (x, guess(x, now), noise, signal[now, None], signal[then, None])
        x = ops.convert_to_numpy(step(*map(ops.convert_to_tensor, given)))
        yield x


def posterior_mean():
    """The best guess there is: the mean of the data, weighted by how well each explains x_t."""

    def guess(x, data, signal):
        distance = ops.sum((x[:, None] - ops.sqrt(signal) * data) ** 2, axis=2)
        return ops.softmax(-distance / (2 * (1 - signal))) @ data

    return guess


def copies(pictures, start, levels, generator):
    """Into noise and, by the best guesses, from noise to copies. Returns: as the NumPy half."""
    noise, guesses = generator.standard_normal(start.shape).astype(start.dtype), []
    noised, best = add_noise(), posterior_mean()
    signals = {"linear": linear_schedule()(TIME), "cosine": cosine_schedule()(TIME)}
    signals = {key: ops.convert_to_numpy(s).astype(start.dtype) for key, s in signals.items()}

    def guess(x, level):
        given = map(ops.convert_to_tensor, (x, pictures, signals["cosine"][level, None]))
        guesses.append(ops.convert_to_numpy(best(*given)))
        return guesses[-1]

    def drown(signal):
        given = map(ops.convert_to_tensor, (pictures[: len(noise)], noise, signal))
        return ops.convert_to_numpy(noised(*given))

    drowned = {name: [drown(signal[t, None]) for t in levels] for name, signal in signals.items()}
    way = [start, *sample(guess, start, signals["cosine"], levels, 1.0, generator)]
    return {**drowned, "way": way, "guesses": guesses}


class Diffusion(keras.Model):
    """Noise and network in one model, so that `train_on_batch` does it all."""

    def __init__(self, network):
        super().__init__()
        self.network, self.predicts = network, network.predicts

    def call(self, inputs):
        """What the network predicts of points in noise; the loss is added on the way."""
        x, noise, signal, t = inputs
        noisy = add_noise()(x, noise, signal)
        predicted = self.network(ops.concatenate([noisy, embed_time(FEATURES)(t)], axis=1))
        target = noise if self.predicts == "noise" else x
        self.add_loss(ops.mean((predicted - target) ** 2))
        return predicted


def build_model(schedule, predicts, learning_rate, steps=2_000):
    """A point and the level in, two numbers out: 18-64-64-2; the rate falls within the steps."""
    model = keras.Sequential([layers.Input((2 + FEATURES,))])
    for _ in range(2):
        model.add(layers.Dense(64, activation="silu"))
    model.add(layers.Dense(2))
    falls = [steps * share // 20 for share in (10, 14, 17)]
    rates = [learning_rate / 4**power for power in range(4)]
    rate = keras.optimizers.schedules.PiecewiseConstantDecay(falls, rates)
    model.compile(keras.optimizers.Adam(rate, epsilon=1e-5))
    signal = {"linear": linear_schedule, "cosine": cosine_schedule}[schedule]()(TIME)
    model.signal = ops.convert_to_numpy(signal).astype("float32")
    model.predicts = predicts
    return {"denoiser": model}


def train(models, data, generator, batch_size):
    """Draw points, levels and noise; predict the noise, or the clean points."""
    model, points = models["denoiser"], data.x_train
    whole = Diffusion(model)
    whole.compile(optimizer=model.optimizer)
    while True:
        x = points[generator.integers(0, len(points), batch_size)]
        t = generator.integers(1, LEVELS + 1, batch_size)
        noise = generator.standard_normal(x.shape, "float32").astype(x.dtype)
        signal = model.signal[t, None].astype(x.dtype)
        yield {"loss": whole.train_on_batch([x, noise, signal, t.astype(x.dtype)])}


def guess_of(model):
    """The network's guess of the clean points, none farther out than any can be."""
    levels = ops.convert_to_tensor(np.arange(LEVELS + 1, dtype="float32"))
    embedded = ops.convert_to_numpy(embed_time(FEATURES)(levels))

    def guess(x, level):
        given = np.concatenate([x, np.tile(embedded[level], (len(x), 1))], axis=1)
        found = model.predict_on_batch(given)
        if model.predicts == "noise":
            given = map(ops.convert_to_tensor, (x, found, model.signal[level, None]))
            found = ops.convert_to_numpy(clean_of()(*given))
        return np.clip(found, -FARTHEST, FARTHEST)

    return guess


def generate(models, number, steps=25, eta=1.0):
    """The way from noise to so many points, in so many steps: (steps + 1, number, 2)."""
    model, generator = models["denoiser"], np.random.default_rng(0)
    start = generator.standard_normal((number, 2), "float32")
    levels = np.linspace(LEVELS, 0, steps + 1).round().astype(int)
    way = sample(guess_of(model), start, model.signal, levels, eta, generator)
    return np.stack([start, *way])


def made(models, x):
    """As many points as x has."""
    return generate(models, len(x))[-1]


def looked_at(models, data):
    """Points by sampler and number of steps; the way of some, and the guesses along it."""
    found, number = {}, len(data.x_test)
    for steps in STEPS:
        for name, eta in (("DDPM", 1.0), ("DDIM", 0.0)):
            found[f"{name} {steps}"] = generate(models, number, steps, eta)[-1]
    grid = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2).astype("float32")
    guess, levels = guess_of(models["denoiser"]), range(LEVELS, 0, -20)
    guesses = np.stack([guess(grid, level) for level in levels])
    return {**found, "way": generate(models, 400, 10), "grid": grid, "guesses": guesses}
