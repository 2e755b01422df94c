"""Time series: windows, a split by time, and a network against simple forecasts."""

import numpy as np

from reference_numpy.concepts.linear_regression import (
    build_networks,
    initial_weights,
    normal_equation,
    root_mean_square,
)
from reference_numpy.concepts.perceptron import weighted_sum

BATCH = 32


def sliding_windows(series, length, ahead=1):
    """Every window of a series, (n, length), and the value `ahead` steps after its end, (n,).

    Source: Chollet 2021, Deep Learning with Python, 10.2.
    """
    first = np.arange(len(series) - length - ahead + 1)
    return series[first[:, None] + np.arange(length)], series[first + length + ahead - 1]


def split_by_time(x, y, shares, gap):
    """Windows to learn from, later ones to validate, and the last ones to test: x, y of each.

    Args:
        shares: of the windows that end each part but the last, such as (0.6, 0.8).
        gap: how many windows are left out between, since they reach into both parts.
    """
    ends = [int(share * len(x)) for share in shares]
    starts = [0, *(end + gap for end in ends)]
    parts = [slice(start, end) for start, end in zip(starts, [*ends, len(x)])]
    return tuple(array[part] for part in parts for array in (x, y))


def prepared(series, length, aheads, shuffled, generator):
    """The parts of all problems side by side: x, (n, problems, length - 1), and y.

    A window's last value is taken off it and off what is to be forecast, so that 0 is the forecast
    that nothing changes.
    """
    problems = []
    for own, ahead, mixed in zip(series, aheads, shuffled):
        x, y = sliding_windows(own, length, ahead)
        x, y = x[:, :-1] - x[:, -1:], y[:, None] - x[:, -1:]
        n = series.shape[1] - length - max(aheads) + 1
        order = generator.permutation(n) if mixed else np.arange(n)
        gap = length + max(aheads) - 1
        problems.append(split_by_time(x[order], y[order], (0.6, 0.8), gap))
    return [np.stack(part, axis=1) for part in zip(*problems)]


def forecasting(series, length, aheads, shuffled, rates, steps, kept, generator):
    """Root mean squared errors on the last windows, problem by problem.

    Args:
        series: (problems, times). aheads: how far ahead is forecast, by problem.
        shuffled: whether the windows are mixed before the split, by problem.
        rates: learning rates of the network. kept: how many of its first losses are returned.

    Returns:
        `last value` and `linear`, (problems,); every 20 steps those of the network, `network,
        validation` and `network, test`, (rates, steps / 20, problems); linear regression's
        `forecasts`, (n, problems), and the `truth`; and the `first losses`, (rates, kept).
    """
    x, y, *new, x_test, y_test = prepared(series, length, aheads, shuffled, generator)
    solved = [normal_equation(x[:, k], y[:, k]) for k in range(len(series))]
    answers = np.stack(
        [weighted_sum(x_test[:, k], w, b) for k, (w, b) in enumerate(solved)], axis=1
    )
    found = {
        "last value": root_mean_square(y_test),
        "linear": root_mean_square(answers - y_test),
        "forecasts": answers[..., 0],
        "truth": y_test[..., 0],
    }
    start = initial_weights(len(series), length - 1, generator)
    batches = [generator.integers(0, len(x), BATCH) for _ in range(steps)]
    parts = {"validation": new, "test": (x_test, y_test)}
    errors, losses = {part: [] for part in parts}, []
    for rate in rates:
        model = build_networks(len(series), length - 1, rate)
        model.set_weights(start)
        for step, rows in enumerate(batches, start=1):
            model.reset_metrics()
            losses.append(model.train_on_batch(x[rows], y[rows]))
            if step % 20 == 0:
                for part, (own, targets) in parts.items():
                    errors[part].append(root_mean_square(model.predict_on_batch(own) - targets))
    for part, own in errors.items():
        found[f"network, {part}"] = np.reshape(own, (len(rates), -1, len(series)))
    found["first losses"] = np.reshape(losses, (len(rates), steps))[:, :kept]
    return found
