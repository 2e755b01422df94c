"""A generative adversarial network in Keras: two models of the same networks, a loss added each."""

from itertools import islice
from types import SimpleNamespace

import keras
import numpy as np
from keras import layers, ops

NOISE, HIDDEN = 2, 32


def cross_entropy(logits):
    """−log σ(a), the mean of the batch, and the sum over networks side by side."""
    return ops.sum(ops.mean(ops.softplus(-logits), axis=0))


def discriminator_loss():
    """−log D(real) − log(1 − D(fake)) of logits."""
    return lambda real, fake: cross_entropy(real) + cross_entropy(-fake)


def saturating_loss():
    """log(1 − D(fake)): the discriminator's own loss, to be made large."""
    return lambda fake: -cross_entropy(-fake)


def non_saturating_loss():
    """−log D(fake): made points are to be taken for real ones."""
    return lambda fake: cross_entropy(fake)


LOSSES = {"saturating": saturating_loss(), "non-saturating": non_saturating_loss()}


def at_logits(logits, gradient_of):
    """Both losses of the generator for a single point of each logit, and their gradients."""
    found = {}
    for name, loss in LOSSES.items():
        found[name] = np.stack([ops.convert_to_numpy(loss(a[None])) for a in logits])
        n = np.full((), len(logits), logits.dtype)
        _, (found[f"{name}: gradient"],) = gradient_of(loss, [logits], n)
    return found


class Discriminating(keras.Model):
    """The discriminator with its loss, so that `train_on_batch` trains it."""

    def __init__(self, discriminator):
        super().__init__()
        self.discriminator = discriminator

    def call(self, inputs):
        """The logits of real points and of made ones; the loss is added on the way."""
        real, fake = inputs
        logits = self.discriminator(ops.concatenate([real, fake]))
        self.add_loss(discriminator_loss()(*ops.split(logits, 2)))
        return logits


class Generating(keras.Model):
    """The generator before the discriminator, which is not to be trained here."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator

    def call(self, z):
        """The logits of made points; the loss is added on the way."""
        logits = self.discriminator(self.generator(z))
        self.add_loss(LOSSES[self.generator.aim](logits))
        return logits


def dense(units, activation, networks):
    """A dense layer; or one for each of so many networks side by side, along an axis of theirs."""
    if networks is None:
        return layers.Dense(units, activation)
    return layers.EinsumDense("bki,kio->bko", (networks, units), activation, bias_axes="ko")


def network(inputs, outputs, networks):
    """Two hidden layers with ReLU."""
    shape = (inputs,) if networks is None else (networks, inputs)
    hidden = [dense(HIDDEN, "relu", networks) for _ in range(2)]
    return keras.Sequential([layers.Input(shape), *hidden, dense(outputs, None, networks)])


def build_model(loss, networks=None):
    """The generator, 2-32-32-2 from noise to a point; the discriminator, 2-32-32-1 to a logit."""
    models = {
        "generator": network(NOISE, 2, networks),
        "discriminator": network(2, 1, networks),
    }
    for model in models.values():
        model.compile(keras.optimizers.Adam(0.003, beta_1=0.5))
    models["generator"].aim = loss
    return models


def steps_of(models):
    """A step of the discriminator and one of the generator, as functions of a batch."""
    maker, judge = models["generator"], models["discriminator"]
    discriminating, generating = Discriminating(judge), Generating(maker, judge)
    discriminating.compile(judge.optimizer)
    generating.compile(maker.optimizer)

    def discriminator_step(real, z):
        judge.trainable = True
        return discriminating.train_on_batch([real, maker.predict_on_batch(z)])

    def generator_step(z):
        judge.trainable = False
        return generating.train_on_batch(z)

    return discriminator_step, generator_step


def batches(points, models, generator, batch_size):
    """Real points and noise for each network, for ever."""
    shape = batch_size, *models["generator"].input_shape[1:]
    while True:
        real = points[generator.integers(0, len(points), shape[:-1])]
        yield real, *generator.standard_normal((2, *shape), "float32")


def train(models, data, generator, batch_size):
    """A step of the discriminator, then one of the generator against it, for ever."""
    discriminator_step, generator_step = steps_of(models)
    for real, z, other in batches(data.x_train, models, generator, batch_size):
        yield {
            "discriminator": discriminator_step(real, z),
            "generator": generator_step(other),
        }


def make(models, x):
    """As many points as x has."""
    z = np.random.default_rng(0).standard_normal((len(x), NOISE), "float32")
    return models["generator"].predict_on_batch(z)


def pictures(models, data):
    """Points, and how surely the discriminator takes each place of the plane for a real point."""
    side = np.linspace(-3, 3, 40, dtype="float32")
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    logits = models["discriminator"].predict_on_batch(plane)
    field = ops.convert_to_numpy(ops.sigmoid(logits)).reshape(40, 40)
    return {"points": make(models, data.x_test[:200]), "field": field}


def race(cases, centres, networks, steps, ahead, every, kept, generator):
    """The losses of the first steps in every case; NumPy goes on, and counts."""
    draws = {name: first_weights(own, generator) for name, own in build_model("", networks).items()}
    generator.standard_normal((500, networks, NOISE), "float32")
    seed = int(generator.integers(2**31))
    answers = {}
    for name, (points, _, loss, led) in cases.items():
        models, own = build_model(loss, networks), np.random.default_rng(seed)
        for part, model in models.items():
            model.set_weights(draws[part])
        discriminator_step, _ = steps_of(models)
        for real, noise, _ in islice(batches(points, models, own, 64), ahead * led):
            discriminator_step(real, noise)
        run = train(models, SimpleNamespace(x_train=points), own, 64)
        answers[f"{name}: losses"] = np.array([list(next(run).values()) for _ in range(kept)])
    return answers


def first_weights(model, generator):
    """Weights of a model to begin with, biases at zero."""
    return [
        generator.standard_normal(w.shape) * (2 / w.shape[1]) ** 0.5 * (w.ndim > 2)
        for w in model.get_weights()
    ]
