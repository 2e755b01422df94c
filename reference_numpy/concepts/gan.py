"""A generative adversarial network: one network makes points, another tells them from real ones."""

from itertools import islice
from types import SimpleNamespace

import numpy as np

import reference_numpy as rn

NOISE, HIDDEN = 2, 32


def probability(a):
    """σ(a) = 1 / (1 + e^−a), the discriminator's D; it overflows for no logit this way."""
    return np.exp(-np.logaddexp(0, -a))


def discriminator_loss(real, fake):
    """−log D(real) − log(1 − D(fake)) of logits a, D = σ(a): the mean of the batch (axis 0).

    −log σ(a) = log(1 + e^−a) and −log(1 − σ(a)) = log(1 + eᵃ) overflow for no a this way.

    Source: Goodfellow et al. 2014, Generative adversarial nets, (1).
    """
    loss = np.logaddexp(0, -real).mean(axis=0) + np.logaddexp(0, fake).mean(axis=0)
    return loss.sum(), (real, fake)


def discriminator_loss_backward(dloss, cache):
    """σ(a) − 1 for real points, σ(a) for made ones: cross-entropy with targets 1 and 0."""
    real, fake = cache
    return dloss * (probability(real) - 1) / len(real), dloss * probability(fake) / len(fake)


def saturating_loss(fake):
    """log(1 − D(fake)): the discriminator's own loss, to be made large.

    Source: Goodfellow et al. 2014, (1).
    """
    return -np.logaddexp(0, fake).mean(axis=0).sum(), fake


def saturating_loss_backward(dloss, cache):
    """−σ(a): nothing where the discriminator sees through the points, a ≪ 0."""
    return -dloss * probability(cache) / len(cache)


def non_saturating_loss(fake):
    """−log D(fake): made points are to be taken for real ones.

    Source: Goodfellow et al. 2014, section 3.
    """
    return np.logaddexp(0, -fake).mean(axis=0).sum(), fake


def non_saturating_loss_backward(dloss, cache):
    """σ(a) − 1: largest where the discriminator sees through the points."""
    return dloss * (probability(cache) - 1) / len(cache)


LOSSES = {
    "saturating": (saturating_loss, saturating_loss_backward),
    "non-saturating": (non_saturating_loss, non_saturating_loss_backward),
}


def at_logits(logits):
    """Both losses of the generator for a single point of each logit, and their gradients."""
    found = {}
    for name, (loss, backward) in LOSSES.items():
        found[name] = np.stack([loss(a[None])[0] for a in logits])
        found[f"{name}: gradient"] = len(logits) * backward(1, logits)
    return found


def dense(units, activation, networks):
    """A dense layer; or one for each of so many networks side by side, along an axis of theirs."""
    if networks is None:
        return rn.layers.Dense(units, activation)
    return rn.layers.EinsumDense("bki,kio->bko", (networks, units), activation, bias_axes="ko")


def network(inputs, outputs, networks):
    """Two hidden layers with ReLU."""
    shape = (inputs,) if networks is None else (networks, inputs)
    hidden = [dense(HIDDEN, "relu", networks) for _ in range(2)]
    return rn.Sequential([rn.Input(shape), *hidden, dense(outputs, None, networks)])


def build_model(loss, networks=None):
    """The generator, 2-32-32-2 from noise to a point; the discriminator, 2-32-32-1 to a logit."""
    models = {
        "generator": network(NOISE, 2, networks),
        "discriminator": network(2, 1, networks),
    }
    for model in models.values():
        model.compile(rn.optimizers.Adam(0.003, beta_1=0.5))
    models["generator"].aim = loss
    return models


def discriminator_step(models, real, z):
    """Tell real points from those made of the noise z; the loss before the step."""
    judge = models["discriminator"]
    logits, judged = judge.forward(np.concatenate([real, models["generator"](z)]), training=True)
    loss, cache = discriminator_loss(*np.split(logits, 2))
    dlogits = np.concatenate(discriminator_loss_backward(1, cache))
    _, grads = judge.backward(dlogits, judged)
    judge.optimizer.apply(grads, judge.trainable_weights)
    return loss


def generator_step(models, z):
    """Move the points made of z to where the discriminator takes them for real ones."""
    maker, judge = models["generator"], models["discriminator"]
    loss_of, loss_backward = LOSSES[maker.aim]
    fake, made = maker.forward(z, training=True)
    logits, judged = judge.forward(fake, training=True)
    loss, cache = loss_of(logits)
    dfake, _ = judge.backward(loss_backward(1, cache), judged)  # through it, not to its weights
    _, grads = maker.backward(dfake, made)
    maker.optimizer.apply(grads, maker.trainable_weights)
    return loss


def batches(points, models, generator, batch_size):
    """Real points and noise for each network, for ever."""
    shape = batch_size, *models["generator"].input_shape[1:]
    while True:
        real = points[generator.integers(0, len(points), shape[:-1])]
        yield real, *generator.standard_normal((2, *shape), "float32")


def train(models, data, generator, batch_size):
    """A step of the discriminator, then one of the generator against it, for ever."""
    for real, z, other in batches(data.x_train, models, generator, batch_size):
        yield {
            "discriminator": discriminator_step(models, real, z),
            "generator": generator_step(models, other),
        }


def make(models, x):
    """As many points as x has."""
    z = np.random.default_rng(0).standard_normal((len(x), NOISE), "float32")
    return models["generator"].predict(z, verbose=0)


def pictures(models, data):
    """Points, and how surely the discriminator takes each place of the plane for a real point."""
    side = np.linspace(-3, 3, 40, dtype="float32")
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    logits = models["discriminator"].predict(plane, verbose=0)
    return {"points": make(models, data.x_test[:200]), "field": probability(logits).reshape(40, 40)}


def found(points, centres, reach):
    """How many centres have points, and what share of the points has a centre.

    Args:
        points: (n, networks, 2). centres: (modes, 2).
        reach: what is near a centre. A centre has points if a quarter of its share is near it.

    Returns:
        The number of centres and the share of points, (networks,) each.
    """
    distance = np.linalg.norm(points[:, :, None] - centres, axis=-1)
    near = (distance < reach).mean(axis=0)
    return (near >= 0.25 / len(centres)).sum(axis=1), near.sum(axis=1)


def race(cases, centres, networks, steps, ahead, every, kept, generator):
    """GANs side by side, from the same weights and draws in every case.

    Args:
        cases: by name the real points, their deviation, the generator's loss, and whether the
            discriminator learns alone for `ahead` steps before.
        every: after how many steps the points are looked at.
        kept: how many losses are returned.

    Returns:
        For each case the `losses` of the first steps, summed over the networks, and by look and
        network the `modes` found, the share of points `near` one, and the loss −log D `late` of
        the generator's points.
    """
    draws = {name: first_weights(own, generator) for name, own in build_model("", networks).items()}
    z = generator.standard_normal((500, networks, NOISE), "float32")
    seed = int(generator.integers(2**31))
    answers = {}
    for name, (points, deviation, loss, led) in cases.items():
        models, own = build_model(loss, networks), np.random.default_rng(seed)
        for part, model in models.items():
            model.set_weights(draws[part])
        for real, noise, _ in islice(batches(points, models, own, 64), ahead * led):
            discriminator_step(models, real, noise)
        losses, looks = [], []
        run = train(models, SimpleNamespace(x_train=points), own, 64)
        for step, logs in enumerate(islice(run, steps), start=1):
            losses += [list(logs.values())] if step <= kept else []
            if step % every == 0:
                made = models["generator"](z)
                late = np.logaddexp(0, -models["discriminator"](made)).mean(axis=(0, 2))
                looks.append([*found(made, centres, 3 * deviation), late])
        answers[f"{name}: losses"] = np.array(losses)
        for part, values in zip(("modes", "near", "late"), np.swapaxes(looks, 0, 1)):
            answers[f"{name}: {part}"] = values
    return answers


def first_weights(model, generator):
    """Weights of a model to begin with, biases at zero."""
    return [
        generator.standard_normal(w.shape) * (2 / w.shape[1]) ** 0.5 * (w.ndim > 2)
        for w in model.get_weights()
    ]
