"""Data leakage: columns chosen, scalers fitted and answers known before the split."""

import numpy as np

from reference_numpy.concepts.missing_values import build_model, known_mean


def correlation(x, y):
    """How well each column goes with the answers, from −1 to 1. x: (n, columns). y: (n,)."""
    x, y = x - np.mean(x, axis=0), y - np.mean(y)
    return y @ x / np.sqrt(np.sum(y**2) * np.sum(x**2, axis=0))


def best_columns(x, y, number):
    """The columns that go best with the answers: to be asked of training rows alone.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 7.10.2.
    """
    return np.argsort(-np.abs(correlation(x, y)), kind="stable")[:number]


def judged(x, y, train, test, learning_rate, steps):
    """Accuracy and cross-entropy of every group's model, (groups,) each.

    Args:
        x: (n, groups, columns). y: (n, groups), 0 or 1. train, test: (n, groups), the rows that a
            group learns from, and those that judge it.
    """
    model = build_model(*x.shape[1:], "sigmoid", "binary_crossentropy", learning_rate)
    for _ in range(steps):
        model.train_on_batch(x, y[..., None], sample_weight=train.astype(x.dtype))
    p = model.predict(x, batch_size=len(x), verbose=0)[..., 0]
    true = np.where(y == 1, p, 1 - p)  # the probability of what is true
    number = test.sum(axis=0)
    return {
        "accuracy": np.sum(test & (true > 0.5), axis=0) / number,
        "cross-entropy": -np.sum(np.log(true), axis=0, where=test) / number,
    }


def selection(x, y, fold_of, numbers, chosen, **training):
    """Cross-validation with the best of ever more columns, chosen before the split or inside.

    Args:
        x: (n, columns). fold_of: (n,), the fold in which a row is tested. numbers: how many of the
            columns there are to choose from. chosen: how many are chosen.

    Returns: see `judged`, (numbers, folds, 2); and the correlations of the chosen columns in the
    training rows and in the test rows, (numbers, folds, 2, chosen).
    """
    columns, train, known, new = [], [], [], []
    for number in numbers:
        for fold in np.unique(fold_of):
            inside = fold_of != fold
            for rows in (slice(None), inside):
                best = best_columns(x[rows, :number], y[rows], chosen)
                columns.append(x[:, best])
                train.append(inside)
                known.append(correlation(columns[-1][inside], y[inside]))
                new.append(correlation(columns[-1][~inside], y[~inside]))
    columns, train = np.stack(columns, axis=1), np.stack(train, axis=1)
    targets = np.broadcast_to(y[:, None], train.shape)
    found = judged(columns, targets, train, ~train, **training)
    found |= {"in training rows": np.array(known), "in test rows": np.array(new)}
    shape = len(numbers), -1, 2
    return {name: value.reshape(*shape, *value.shape[1:]) for name, value in found.items()}


def scaling(x, fitted, **given):
    """Columns standardised by the rows `fitted` (n, groups), then as `judged`.

    Gaps (NaN) get the mean; a column that is the same everywhere becomes 0.
    """
    seen = np.where(fitted[..., None], x, np.nan)
    mean = known_mean(seen)
    deviation = np.sqrt(known_mean((seen - mean) ** 2))
    return judged(np.nan_to_num((x - mean) / np.maximum(deviation, 1e-7)), **given)


def passengers(**given):
    """The same of the Titanic's passengers."""
    return scaling(**given)
