"""Early stopping: the rule as a function of the losses, and a training to judge it by."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.backpropagation import loss_of
from reference_numpy.concepts.mnist_mlp import fit


def early_stopping(losses, patience=0, min_delta=0.0):
    """The epoch after which training stops, and the one whose weights are restored; from 0.

    Args:
        losses: on validation data, after each epoch.
        patience: how many epochs without a better loss are enough to stop.
        min_delta: by how much a loss must be better to count as better.

    Source: Prechelt 1998, Early stopping — but when?
    """
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses):
        if loss + min_delta < best:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def by_callback(losses, patience, min_delta):
    """The same of the callback, given the losses epoch by epoch."""
    model = rn.Sequential([rn.Input((1,)), rn.layers.Dense(1, use_bias=False)])
    stopping = rn.callbacks.EarlyStopping(
        patience=patience, min_delta=min_delta, restore_best_weights=True
    )
    stopping.set_model(model)
    model.stop_training = False
    stopping.on_train_begin()
    for epoch, loss in enumerate(losses):
        model.set_weights([np.full((1, 1), epoch)])  # the weights tell the epoch
        stopping.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    stopping.on_train_end()
    return epoch, int(model.get_weights()[0][0, 0])


def rule(losses, settings):
    """Last and restored epoch of several runs, as written out and by the callback.

    Args:
        losses: (runs, epochs). settings: patience and min_delta, of any number.
    """
    return {
        name: np.array([[f(own, *setting) for own in losses] for setting in settings])
        for name, f in (("written out", early_stopping), ("callback", by_callback))
    }


def training(x, t, new, patiences, epochs, kept, batch_size, learning_rate, generator, **weights):
    """A whole training, and where it would have stopped.

    Args:
        x, t: (n, inputs), and the numbers of the classes, (n,).
        new: by name, `validation` and `test`, x and one-hot t of other data.

    Returns:
        The losses after each epoch on every part of the data; for each patience the last and the
        restored epoch, (patiences, 2); and the `kept` first losses on validation data.
    """
    now, parts = list(weights.values()), {"training": (x, np.eye(10, dtype=x.dtype)[t]), **new}
    found = {name: np.empty(epochs, x.dtype) for name in parts}
    for epoch in range(epochs):
        order = generator.permutation(len(x))
        _, now = fit(now, x[order], t[order], 1, batch_size, learning_rate)
        for name, part in parts.items():
            found[name][epoch] = loss_of(*part, now)
    epochs = np.array([early_stopping(found["validation"], p) for p in patiences])
    return {**found, "epochs": epochs, "first losses": found["validation"][:kept]}
