"""Loss functions for numbers in Keras: a class each, for `compile(loss=…)` or to be called."""

import keras
import numpy as np
from keras import layers, losses, ops


class HalfSumOfSquares(losses.Loss):
    """The textbook's loss, which Keras does not have: one's own loss gives a value a sample."""

    def call(self, y_true, y_pred):
        """½ Σ (y − t)² of each row; the base class takes the mean over the batch."""
        return ops.sum((y_pred - y_true) ** 2, axis=-1) / 2


def half_sum_of_squares():
    """A loss of one's own."""
    return HalfSumOfSquares()


def mean_squared_error():
    """`loss="mse"`."""
    return losses.MeanSquaredError()


def mean_absolute_error():
    """`loss="mae"`."""
    return losses.MeanAbsoluteError()


def huber(delta):
    """`loss="huber"`."""
    return losses.Huber(delta=delta)


def by_error(errors, deltas, gradient_of):
    """Value and gradient of the losses for a single error: (errors,), or (deltas, errors)."""
    e = errors[:, None]

    def both(loss):
        values, (slopes,) = gradient_of(lambda y: loss(np.zeros_like(e), y), [e], np.ones(len(e)))
        return values, slopes[:, 0]

    found = {}
    for name, loss in (
        ("mean_squared_error", losses.MeanSquaredError),
        ("mean_absolute_error", losses.MeanAbsoluteError),
    ):
        found[name], found[f"{name}: gradient"] = both(loss(reduction="none"))
    hubers = zip(*[both(losses.Huber(delta=delta, reduction="none")) for delta in deltas])
    found["huber"], found["huber: gradient"] = map(np.stack, hubers)
    return found


def fits(x, targets, rates, steps):
    """Straight lines fitted to the points by each loss, a line for each column of the targets."""
    found, lines = {}, targets.shape[1]
    for loss, rate in rates.items():
        model = keras.Sequential([layers.Input((1,)), layers.Dense(lines)])
        model.compile(keras.optimizers.SGD(rate), loss=loss)
        model.set_weights([np.zeros((1, lines)), np.zeros(lines)])
        for name, number in ((f"{loss}: first", 10), (loss, steps - 10)):
            for _ in range(number):
                model.train_on_batch(x, targets)
            found[name] = np.vstack(model.get_weights())
    return found


def reductions(x, y, settings, steps):
    """Squared error of a line by step, where the losses of the batch are averaged or added up."""
    found = {}
    for name, (reduction, rate) in settings.items():
        model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
        loss = losses.MeanSquaredError(reduction=reduction)
        model.compile(keras.optimizers.SGD(rate), loss=loss)
        model.set_weights([np.zeros((1, 1)), np.zeros(1)])
        values = []
        for _ in range(steps):
            model.reset_metrics()
            values.append(model.train_on_batch(x, y))
        found[name] = np.array(values) / (len(x) if reduction == "sum" else 1)
    return found
