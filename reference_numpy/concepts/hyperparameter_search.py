"""Hyperparameter search: grid and random search, importances, and trials trained side by side."""

import functools

import numpy as np

from reference_numpy.concepts.ensemble import answers, start
from reference_numpy.concepts.initial_weights import UNITS, side_by_side

BATCH, SHOWN = 32, 5


def log_uniform(shares, low, high):
    """From `low` (share 0) to `high` (share 1), a factor of ten being as wide everywhere.

    Source: Saito, Deep Learning from Scratch, 6.5.3, `10 ** np.random.uniform(-6, -2)`.
    """
    return low * (high / low) ** shares


def grid_search(low, high, counts):
    """Each value of each hyperparameter with each of the others, in the middle of equal cells.

    Shapes: low, high (hyperparameters,), result (trials, hyperparameters).
    """
    middles = [(np.arange(n, dtype=low.dtype) + 0.5) / n for n in counts]
    shares = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1)
    return log_uniform(shares.reshape(-1, len(counts)), low, high)


def random_search(low, high, trials, generator):
    """A value of its own for every hyperparameter in every trial.

    Shapes: low, high (hyperparameters,), result (trials, hyperparameters).

    Source: Bergstra & Bengio 2012, Random search for hyper-parameter optimization.
    """
    shares = generator.random((trials, len(low))).astype(low.dtype)
    return log_uniform(shares, low, high)


def importances(scores):
    """How much of the variance over a grid each hyperparameter explains by itself.

    Shapes: scores (values of the first, values of the second, …), result (hyperparameters,).

    Source: Hutter, Hoos & Leyton-Brown 2014, An efficient approach for assessing hyperparameter
    importance.
    """
    axes = range(scores.ndim)
    means = [scores.mean(axis=tuple(a for a in axes if a != j)) for j in axes]
    return np.stack([mean.var() for mean in means]) / scores.var()


def train(model, x, y, tried, steps, generator):
    """A network for each trial: (learning rate, hidden units, deviation of noise on the inputs).

    All begin with the same draws and see the same batches.
    """
    (rates, units, noise), networks = tried.T, len(tried)
    weights = [np.repeat(w, networks, axis=0) for w in start(1, x.shape[1], UNITS, generator)]
    # A unit that begins with zeros on both sides stays there: ReLU passes no gradient at 0.
    within = (np.arange(UNITS) < units.round()[:, None])[:, :, None]
    weights[0] *= within.swapaxes(1, 2)
    weights[2] *= within * np.sqrt(UNITS / units)[:, None, None]
    model.set_weights(weights)
    own = np.tile(rates, (BATCH, 1))
    for batch in generator.integers(0, len(x), (steps, BATCH)):
        draws = generator.standard_normal((BATCH, 1, x.shape[1]))
        given = x[batch][:, None] + noise[:, None] * draws
        with np.errstate(all="ignore"):  # where a rate is too large, numbers overflow
            model.train_on_batch(given, np.repeat(y[batch][:, None], networks, 1), own)


def searches(x, y, new, plans, guide, first, at_a_time, steps, seed):
    """The trials of each plan; and a guided search, which begins with the first random ones.

    Args:
        x, y: (n, inputs) and (n,), to train on. new: others, `validation` and `test`.
        plans: (trials, hyperparameters) by name. guide: function of the trials so far, their
            accuracies on the validation data, and how many to try next, that gives those.

    Returns:
        For each search its trials, and their accuracies and first answers on new data.
    """
    model = functools.cache(lambda trials: side_by_side(x.shape[1], trials, "relu", 1))

    def scores(tried):
        networks = model(len(tried))
        train(networks, x, y, tried, steps, np.random.default_rng(seed))
        found = {"tried": tried}
        for part, (given, wanted) in new.items():
            with np.errstate(all="ignore"):
                z = answers(networks, given)
            found[part] = (z.argmax(axis=-1) == wanted).mean(axis=1)
            found[f"{part}: answers"] = z[:, :SHOWN]
        return found

    together = scores(np.concatenate([*plans.values()]))
    ends = np.cumsum([len(plan) for plan in plans.values()])[:-1]
    found = {
        f"{plan}: {what}": own
        for what, values in together.items()
        for plan, own in zip(plans, np.split(values, ends))
    }
    guided = {what: found[f"random: {what}"][:first] for what in together}
    while len(guided["tried"]) < len(plans["random"]):
        more = scores(guide(guided["tried"], guided["validation"], at_a_time))
        guided = {what: np.concatenate([own, more[what]]) for what, own in guided.items()}
    return found | {f"guided: {what}": own for what, own in guided.items()}
