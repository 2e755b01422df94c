"""Diffusion: data drown in noise level by level, and a network learns the way back."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.losses import mean_squared_error, mean_squared_error_gradient

LEVELS, FEATURES = 200, 16
TIME = np.linspace(0, 0.98, LEVELS + 1)  # at 1 nothing of the signal would be left to divide by
STEPS = (1, 2, 5, 10, 25, 50, 200)
GRID = np.linspace(-2.7, 2.7, 13)
FARTHEST = 3.0  # no coordinate of any point is larger


def linear_schedule(time, first=0.1, last=20.0):
    """The share of signal ᾱ at times from 0 on, where the noise that is added grows evenly.

    ᾱ_t = Π_{s≤t} (1 − β_s), β = (first + (last − first) time) / levels; time: (levels + 1,).

    Source: Ho et al. 2020, Denoising diffusion probabilistic models, 4.
    """
    beta = (first + (last - first) * time) / (len(time) - 1)
    return np.cumprod(np.where(time > 0, 1 - beta, 1))


def cosine_schedule(time, offset=0.008):
    """The share of signal ᾱ at times from 0 to 1, along a squared cosine.

    ᾱ_t = f(t) / f(0), f(t) = cos² (π/2 · (t + offset) / (1 + offset)).

    Source: Nichol & Dhariwal 2021, Improved denoising diffusion probabilistic models, 3.2.
    """
    f = np.cos(np.pi / 2 * (time + offset) / (1 + offset)) ** 2
    return f / f[0]


def add_noise(x, noise, signal):
    """A draw from q(x_t | x_0) at once: x_t = √ᾱ x_0 + √(1 − ᾱ) ε; signal: (n, 1).

    Source: Ho et al. 2020, (4).
    """
    return np.sqrt(signal) * x + np.sqrt(1 - signal) * noise


def embed_time(t, features):
    """The level as sines and cosines of t/1, …, t/1000, (n, features).

    The fast ones tell near levels apart, the slow ones far ones.

    Source: Vaswani et al. 2017, Attention is all you need, 3.5; Ho et al. 2020, appendix B.
    """
    slowness = np.logspace(0, 3, features // 2).astype(t.dtype)
    angle = t[:, None] / slowness
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def clean_of(x, noise, signal):
    """What is left without the noise: x̂_0 = (x_t − √(1 − ᾱ) ε̂) / √ᾱ."""
    return (x - np.sqrt(1 - signal) * noise) / np.sqrt(signal)


def denoise_step(x, clean, noise, signal, next_signal, eta=1.0):
    """From the level of ᾱ to one of more signal ᾱ′, by a guess of what is clean.

    The rest of x counts as noise, ε̂. Some of it is kept, some exchanged for new noise of standard
    deviation σ = η √((1 − ᾱ′) / (1 − ᾱ)) √(1 − ᾱ / ᾱ′): as much as in DDPM where η is 1, none
    where it is 0, in DDIM.

    Source: Ho et al. 2020, (7); Song et al. 2021, Denoising diffusion implicit models, (12), (16).
    """
    old = (x - np.sqrt(signal) * clean) / np.sqrt(1 - signal)
    variance = eta**2 * (1 - next_signal) / (1 - signal) * (1 - signal / next_signal)
    kept = np.sqrt(1 - next_signal - variance)
    return np.sqrt(next_signal) * clean + kept * old + np.sqrt(variance) * noise


def sample(guess, x, signal, levels, eta, generator):
    """From noise to data: yields x at each of the falling levels after the first.

    Args:
        guess: function of x and a level that gives the clean x.
        signal: ᾱ by level. levels: as few or as many of them as one likes, the last is 0.
    """
    for now, then in zip(levels, levels[1:]):
        noise = generator.standard_normal(x.shape).astype(x.dtype)
        x = denoise_step(x, guess(x, now), noise, signal[now], signal[then], eta)
        yield x


def posterior_mean(x, data, signal):
    """The best guess there is, E[x_0 | x_t]: a mean of the data, weighted by how each explains x_t.

    x: (n, m), data: (points, m), signal: a number. Weights: softmax of −|x_t − √ᾱ x_0|² / 2(1 − ᾱ).

    Source: Karras et al. 2022, Elucidating the design space, appendix B.3.
    """
    distance = ((x[:, None] - np.sqrt(signal) * data) ** 2).sum(axis=2)
    a = -distance / (2 * (1 - signal))
    weight = np.exp(a - a.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True) @ data


def copies(pictures, start, levels, generator):
    """Pictures on the way into noise, and from noise by the best guesses: to copies of them.

    Returns:
        `linear` and `cosine`, the first pictures after each level; `way`, from `start`: all
        (levels, n, m); and `guesses` (levels − 1, n, m), by which each step went.
    """
    noise, guesses = generator.standard_normal(start.shape).astype(start.dtype), []
    signals = {"linear": linear_schedule(TIME), "cosine": cosine_schedule(TIME)}
    signals = {name: signal.astype(start.dtype) for name, signal in signals.items()}

    def guess(x, level):
        guesses.append(posterior_mean(x, pictures, signals["cosine"][level]))
        return guesses[-1]

    first = pictures[: len(noise)]
    drowned = {
        name: [add_noise(first, noise, signal[t]) for t in levels]
        for name, signal in signals.items()
    }
    way = [start, *sample(guess, start, signals["cosine"], levels, 1.0, generator)]
    return {**drowned, "way": way, "guesses": guesses}


def build_model(schedule, predicts, learning_rate, steps=2_000):
    """A point and the level in, two numbers out: 18-64-64-2; the rate falls within the steps."""
    model = rn.Sequential([rn.Input((2 + FEATURES,))])
    for _ in range(2):
        model.add(rn.layers.Dense(64, activation="silu"))
    model.add(rn.layers.Dense(2))
    falls = [steps * share // 20 for share in (10, 14, 17)]
    rates = [learning_rate / 4**power for power in range(4)]
    rate = rn.optimizers.schedules.PiecewiseConstantDecay(falls, rates)
    model.compile(rn.optimizers.Adam(rate, epsilon=1e-5))
    signal = {"linear": linear_schedule, "cosine": cosine_schedule}[schedule](TIME)
    model.signal, model.predicts = signal.astype("float32"), predicts
    return {"denoiser": model}


def with_level(x, t):
    """A network's input."""
    return np.concatenate([x, embed_time(t.astype(x.dtype), FEATURES)], axis=1)


def train(models, data, generator, batch_size):
    """Draw points, levels and noise; predict the noise, or the clean points."""
    model, points = models["denoiser"], data.x_train
    while True:
        x = points[generator.integers(0, len(points), batch_size)]
        t = generator.integers(1, LEVELS + 1, batch_size)
        noise = generator.standard_normal(x.shape, "float32").astype(x.dtype)
        noisy = add_noise(x, noise, model.signal[t, None].astype(x.dtype))
        predicted, cache = model.forward(with_level(noisy, t), training=True)
        target = noise if model.predicts == "noise" else x
        dpredicted = mean_squared_error_gradient(target, predicted)
        _, grads = model.backward(dpredicted, cache)
        model.optimizer.apply(grads, model.trainable_weights)
        yield {"loss": mean_squared_error(target, predicted)}


def guess_of(model):
    """The network's guess of the clean points, none farther out than any can be."""

    def guess(x, level):
        found = model.predict_on_batch(with_level(x, np.full(len(x), level)))
        if model.predicts == "noise":
            found = clean_of(x, found, model.signal[level])
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
