"""Learning rate schedules: in steps, exponential, cosine, with a warm-up; and what they change."""

import numpy as np

from reference_numpy.concepts.backpropagation import backpropagation, forward, softmax_with_loss
from reference_numpy.concepts.optimizers import sgd


def step_decay(step, initial_learning_rate, decay_steps, decay_rate):
    """η₀ times r after every n steps, at once.

    Source: Krizhevsky et al. 2012, ImageNet classification with deep convolutional networks.
    """
    return initial_learning_rate * decay_rate ** np.floor(step / decay_steps)


def exponential_decay(step, initial_learning_rate, decay_steps, decay_rate):
    """η₀ times r in n steps, a little in each."""
    return initial_learning_rate * decay_rate ** (step / decay_steps)


def cosine_decay(step, initial_learning_rate, decay_steps):
    """From η₀ down to 0 in n steps: slowly at first, fast in the middle, slowly at the end.

    Source: Loshchilov & Hutter 2016, SGDR.
    """
    progress = np.minimum(step, decay_steps) / decay_steps
    return initial_learning_rate * (1 + np.cos(np.pi * progress)) / 2


def warm_up(step, warmup_target, warmup_steps, decay_steps):
    """In a straight line from 0 up to η₀ in m steps, then along a cosine down to 0 in n steps.

    Source: Goyal et al. 2017, Accurate, large minibatch SGD.
    """
    rise = warmup_target * step / warmup_steps
    fall = cosine_decay(step - warmup_steps, warmup_target, decay_steps)
    return np.where(step < warmup_steps, rise, fall)


def constant(step, learning_rate):
    """No schedule."""
    return np.full(np.shape(step), learning_rate)


SCHEDULES = {
    function.__name__: function
    for function in (constant, step_decay, exponential_decay, cosine_decay, warm_up)
}


def curves(step, schedules):
    """The learning rate at each step.

    Args:
        schedules: by any name the function's name and its arguments.
    """
    return {name: SCHEDULES[f](step, **options) for name, (f, options) in schedules.items()}


def train(x, t, weights, batches, rates):
    """Losses of the batches, and the weights at the end, of a network trained by SGD."""
    losses = []
    # Where a rate is too large, numbers overflow.
    with np.errstate(over="ignore", invalid="ignore"):
        for rows, rate in zip(batches, rates):
            loss, grads = backpropagation(x[rows], t[rows], weights)
            weights = [sgd(w, g, rate)[0] for w, g in zip(weights, grads)]
            losses.append(loss)
    return np.array(losses, x.dtype), weights


def training(x, t, x_new, t_new, runs, kept, **weights):
    """What a network learns under each schedule.

    Args:
        runs: by name a schedule's function and, for several learning rates, its arguments; the
            rows that each step sees, (steps, batch_size); and what the weights are multiplied by.
        kept: after how many steps at the first learning rate the last bias is returned.

    Returns:
        By name the losses of the batches, (rates, steps); `end, …`: the losses of the even and the
        odd new examples, and their accuracies, (4, rates); `first, …`: the bias.
    """
    found = {}
    for name, (function, several, batches, factor) in runs.items():
        start, step = [factor * w for w in weights.values()], np.arange(len(batches))
        losses, ends = [], []
        for options in several:
            rates = SCHEDULES[function](step, **options).astype(x.dtype)
            of_batches, end = train(x, t, start, batches, rates)
            losses.append(of_batches)
            ends.append(judge(x_new, t_new, end))
        rates = SCHEDULES[function](step, **several[0]).astype(x.dtype)
        found[f"first, {name}"] = train(x, t, start, batches[:kept], rates)[1][-1]
        found[name], found[f"end, {name}"] = np.array(losses), np.array(ends).T
    return found


def judge(x, t, weights):
    """Cross-entropy of the even and the odd examples, and their accuracies."""
    logits, *_ = forward(x, weights)
    right = logits.argmax(axis=1) == t.argmax(axis=1)
    halves = slice(0, None, 2), slice(1, None, 2)
    losses = [softmax_with_loss(t[half], logits[half]) for half in halves]
    return [*losses, *(right[half].mean() for half in halves)]


def stuck(x, t, batches, causes, generator, **weights):
    """Losses of the batches in a healthy run and in three that stick; and what tells them apart.

    Args:
        causes: by name the learning rate, the `scale` of x, and whether labels are `shuffled`.

    Returns:
        By name the losses; `first, …`, the first of them; and `off, …`, the share of hidden units
        that no example switches on at the end.
    """
    found, wrong = {}, t[generator.permutation(len(t))]
    for name, cause in causes.items():
        inputs, targets = x * cause["scale"], wrong if cause["shuffled"] else t
        rates = np.full(len(batches), cause["rate"], x.dtype)
        losses, end = train(inputs, targets, list(weights.values()), batches, rates)
        _, _, sums = forward(inputs, end)
        found[f"first, {name}"], found[name] = losses[0], losses
        found[f"off, {name}"] = np.mean([(z <= 0).all(axis=0).mean() for z in sums])
    return found
