"""Loss functions for numbers with their gradients: squared, absolute and Huber's error."""

import numpy as np

import reference_numpy as rn


def half_sum_of_squares(y_true, y_pred):
    """½ Σₖ (yₖ − tₖ)², the mean over the batch.

    Source: Saito, Deep Learning from Scratch, 4.2.1 (of one example).
    """
    return np.sum((y_pred - y_true) ** 2) / 2 / len(y_pred)


def half_sum_of_squares_gradient(y_true, y_pred):
    """(y − t) / N: the half cancels the 2 of the square."""
    return (y_pred - y_true) / len(y_pred)


def mean_squared_error(y_true, y_pred):
    """The mean of (y − t)² over batch and outputs."""
    return np.mean((y_pred - y_true) ** 2)


def mean_squared_error_gradient(y_true, y_pred):
    """In proportion to the error."""
    return 2 * (y_pred - y_true) / y_pred.size


def mean_absolute_error(y_true, y_pred):
    """The mean of |y − t|."""
    return np.mean(np.abs(y_pred - y_true))


def mean_absolute_error_gradient(y_true, y_pred):
    """The error's sign alone, however large it is."""
    return np.sign(y_pred - y_true) / y_pred.size


def huber(y_true, y_pred, delta=1.0):
    """Half the square of errors up to δ, beyond it a straight line.

    Source: Huber 1964, Robust estimation of a location parameter.
    """
    error = np.abs(y_pred - y_true)
    return np.mean(np.where(error <= delta, error**2 / 2, delta * (error - delta / 2)))


def huber_gradient(y_true, y_pred, delta=1.0):
    """The error, cut off at ±δ."""
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.size


def by_error(errors, deltas):
    """Value and gradient of the losses for a single error: (errors,), or (deltas, errors)."""
    zeros, e, n = np.zeros_like(errors), errors, len(errors)

    def values(loss, *options):
        return np.array([loss(np.zeros((1,)), e[i : i + 1], *options) for i in range(n)])

    return {
        "mean_squared_error": values(mean_squared_error),
        "mean_squared_error: gradient": n * mean_squared_error_gradient(zeros, e),
        "mean_absolute_error": values(mean_absolute_error),
        "mean_absolute_error: gradient": n * mean_absolute_error_gradient(zeros, e),
        "huber": np.stack([values(huber, delta) for delta in deltas]),
        "huber: gradient": np.stack([n * huber_gradient(zeros, e, delta) for delta in deltas]),
    }


def fits(x, targets, rates, steps):
    """Straight lines fitted to the points by each loss, a line for each column of the targets.

    Args:
        x: (n, 1). targets: (n, lines). rates: learning rates by the loss's name.

    Returns:
        For each loss slopes and intercepts, (2, lines), at the end and after the first ten steps.
    """
    found, lines = {}, targets.shape[1]
    for loss, rate in rates.items():
        model = rn.Sequential([rn.Input((1,)), rn.layers.Dense(lines)])
        model.compile(rn.optimizers.SGD(rate), loss=loss)
        model.set_weights([np.zeros((1, lines)), np.zeros(lines)])
        for name, number in ((f"{loss}: first", 10), (loss, steps - 10)):
            for _ in range(number):
                model.train_on_batch(x, targets)
            found[name] = np.vstack(model.get_weights())
    return found


def reductions(x, y, settings, steps):
    """Squared error of a line by step, where the losses of the batch are averaged or added up.

    Args:
        x, y: (n, 1). settings: reduction and learning rate by name.
    """
    found = {}
    for name, (reduction, rate) in settings.items():
        model = rn.Sequential([rn.Input((1,)), rn.layers.Dense(1)])
        loss = rn.losses.MeanSquaredError(reduction=reduction)
        model.compile(rn.optimizers.SGD(rate), loss=loss)
        model.set_weights([np.zeros((1, 1)), np.zeros(1)])
        values = []
        for _ in range(steps):
            model.reset_metrics()
            values.append(model.train_on_batch(x, y))
        found[name] = np.array(values) / (len(x) if reduction == "sum" else 1)
    return found
