"""Missing values: the mean or the median in their place, and a column that says where."""

import numpy as np

import reference_numpy as rn


def missing_indicator(x):
    """1 where a value is missing (NaN), 0 where it is known."""
    return np.isnan(x).astype(x.dtype)


def known_mean(x):
    """The mean of each column's known values, of which there must be one. x: (n, …)."""
    known = 1 - missing_indicator(x)
    return np.sum(np.where(known, x, 0), axis=0) / np.sum(known, axis=0)


def known_median(x):
    """The middle one of each column's known values, or the mean of the middle two. x: (n, …)."""
    ordered = np.sort(x, axis=0)  # NaN comes last
    last = np.sum(~np.isnan(x), axis=0, keepdims=True) - 1
    low, high = (np.take_along_axis(ordered, at, axis=0)[0] for at in (last // 2, (last + 1) // 2))
    return (low + high) / 2


def fill_missing(x, values):
    """Each column's value wherever it is missing; found on training rows, used on all.

    Args:
        x: (n, columns), NaN where a value is missing. values: (columns,).

    Source: Little and Rubin, Statistical Analysis with Missing Data, 4.2.1.
    """
    missing = np.isnan(x)
    return np.where(missing, values, x), missing


def fill_missing_backward(dy, cache):
    """Known inputs pass their gradient on; a value gathers that of all its places."""
    return np.where(cache, 0, dy), np.sum(np.where(cache, dy, 0), axis=0)


def build_model(groups, inputs, activation, loss, learning_rate):
    """Models side by side, a weighted sum each: (n, groups, inputs) to (n, groups, 1)."""
    layer = rn.layers.EinsumDense(
        "ngi,gio->ngo", (groups, 1), activation, bias_axes="go", kernel_initializer="zeros"
    )
    model = rn.Sequential([rn.Input((groups, inputs)), layer])
    # The loss is a mean over the groups too, so that each has but a share of the gradient.
    model.compile(rn.optimizers.SGD(learning_rate * groups, momentum=0.9), loss)
    return model


def predictions(x, y, train, median, seen, activation, loss, learning_rate, steps):
    """What every group's model answers for every row, (n, groups).

    Args:
        x: (n, groups, columns), NaN where a value is missing. y: (n, groups).
        train: (n, groups), the rows from which a group learns, its filling too.
        median: (groups,), whether it fills with medians or means.
        seen: (groups, columns), the indicators that it sees.
        activation, loss: of the model.
    """
    learned = np.where(train[..., None], x, np.nan)
    values = np.where(median[:, None], known_median(learned), known_mean(learned))
    filled, missing = fill_missing(x, values)
    inputs = np.concatenate([filled, missing * seen], axis=-1)
    model = build_model(*inputs.shape[1:], activation, loss, learning_rate)
    some = train.any(axis=1)
    batch = inputs[some], y[some, :, None], train[some].astype(x.dtype)
    for _ in range(steps):
        model.train_on_batch(*batch)
    return model.predict(inputs, batch_size=len(x), verbose=0)[..., 0]


def made(y, train, **given):
    """The share of the answers' variance that each group explains on rows that none has seen."""
    new = ~train.any(axis=1)
    error = predictions(y=y, train=train, **given)[new] - y[new]
    left = np.mean(error**2, axis=0, dtype="float64")  # many summands, one after another
    return {"explained": 1 - left / np.var(y[new], axis=0, dtype="float64")}


def passengers(**given):
    """The probability of surviving that each group's model gives every passenger."""
    return {"probability": predictions(**given)}
