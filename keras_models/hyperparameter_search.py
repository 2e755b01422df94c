"""Hyperparameter search in Keras: trials side by side, and a study that optuna guides."""

import functools

import keras
import numpy as np
import optuna
from keras import layers, ops
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from keras_models.ensemble import answers, start
from keras_models.initial_weights import UNITS, side_by_side

BATCH, SHOWN = 32, 5


def log_uniform():
    """What optuna's `trial.suggest_float("rate", 1e-3, 10, log=True)` draws."""
    return lambda shares, low, high: low * (high / low) ** shares


def grid_search(counts):
    """Every combination of values; optuna's `GridSampler` goes through such."""

    def search(low, high):
        middles = [(ops.arange(n, dtype=keras.config.floatx()) + 0.5) / n for n in counts]
        shares = ops.stack([ops.reshape(m, -1) for m in ops.meshgrid(*middles, indexing="ij")], 1)
        return log_uniform()(shares, low, high)

    return search


def random_search(trials):
    """Draws of their own for every trial; as optuna's `RandomSampler`."""

    def search(low, high):
        return log_uniform()(keras.random.uniform((trials, len(low))), low, high)

    return search


def importances():
    """Shares of variance; optuna's `get_param_importances(study)` estimates them off a grid."""

    def shares(scores):
        axes = range(len(scores.shape))
        means = [ops.mean(scores, axis=[a for a in axes if a != j]) for j in axes]
        return ops.stack([ops.var(mean) for mean in means]) / ops.var(scores)

    return shares


def objective(trial, data, epochs=10):
    """A network with the hyperparameters that the trial suggests: its accuracy on validation data.

    Args:
        data: `x`, `y` and `validation_data`, as `fit` takes them.
    """
    rate = trial.suggest_float("rate", 1e-3, 10, log=True)
    units = trial.suggest_int("units", 4, 32, log=True)
    noise = trial.suggest_float("noise", 0.01, 1, log=True)
    hidden = layers.Dense(units, "relu", kernel_initializer="he_normal")
    model = keras.Sequential([layers.GaussianNoise(noise), hidden, layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
    history = model.fit(**data, batch_size=BATCH, epochs=epochs, verbose=0)
    return history.history["val_accuracy"][-1]


def continue_study(objective, path, trials):
    """A study that is kept in a file, brought to so many finished trials.

    Called again after it was stopped, it goes on; a trial that was killed does not count. Several
    processes may call it at once: each is guided by what all have found. (When they end, each but
    one may finish a trial more than was asked for.)

        best = continue_study(partial(objective, data=data), "digits.log", 100).best_params
    """
    study = optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(path))),
        study_name="search",
        direction="maximize",
        load_if_exists=True,
    )
    finished = (optuna.trial.TrialState.COMPLETE,)
    while len(study.get_trials(deepcopy=False, states=finished)) < trials:
        study.optimize(objective, n_trials=1)
    return study


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
        model.train_on_batch(given, np.repeat(y[batch][:, None], networks, 1), own)


def searches(x, y, new, plans, guide, first, at_a_time, steps, seed):
    """The trials of each plan; and a guided search, which begins with the first random ones.

    Returns: see the NumPy half.
    """
    model = functools.cache(lambda trials: side_by_side(x.shape[1], trials, "relu", 1))

    def scores(tried):
        networks = model(len(tried))
        train(networks, x, y, tried, steps, np.random.default_rng(seed))
        found = {"tried": tried}
        for part, (given, wanted) in new.items():
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
