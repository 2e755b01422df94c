"""Class imbalance: weights by class, rows drawn again, and scores that see the rare class."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.missing_values import build_model


def class_weights(y):
    """n / (classes · rows of the class): in sum all classes weigh the same.

    Args:
        y: one-hot, (n, classes).

    Source: King and Zeng 2001, Logistic regression in rare events data.
    """
    n, classes = y.shape
    return n / (classes * np.sum(y, axis=0))


def resample(y, size, generator):
    """Row numbers with `size` rows of each class, drawn again where a class has fewer.

    Args:
        y: (n,) class numbers.

    Source: He and Garcia 2009, Learning from imbalanced data, 3.1.
    """
    drawn = []
    for kind in np.unique(y):
        rows = np.flatnonzero(y == kind)
        drawn.append(generator.choice(rows, size, replace=size > len(rows)))
    return np.concatenate(drawn)


def precision_recall(y_true, y_pred, threshold=0.5):
    """The share of those called rare that is rare, and of the rare that is found. (n,) each."""
    found = (y_pred > threshold).astype(y_pred.dtype)
    hits = np.sum(found * y_true)
    return hits / np.sum(found), hits / np.sum(y_true)


def squares(x):
    """x₁, x₂ and their squares and product: a weighted sum of these has curved boundaries."""
    x1, x2 = x[:, 0], x[:, 1]
    return np.stack([x1, x2, x1**2, x2**2, x1 * x2], axis=1)


def training(x, y, new, ratios, rates, steps, batch_size, generator):
    """Logistic regressions that balance the classes in several ways, at each learning rate.

    Args:
        x: (n, 2). y: (n,), 1 for the rare class. new: (m, 2), rows to be predicted. ratios: how
            many times the weight of the common class the rare one gets; None for `class_weights`.

    Returns:
        Probabilities (m, ways, rates): the ratios first, then oversampling, then undersampling.
    """
    kind, counts = y.astype(int), np.bincount(y.astype(int))
    tables = [class_weights(np.eye(2)[kind]) if r is None else np.array([1.0, r]) for r in ratios]
    tables = np.array([*tables, [1.0, 1.0], [1.0, 1.0]])
    pools = [np.arange(len(y))] * len(ratios)
    pools += [resample(kind, size, generator) for size in (counts.max(), counts.min())]
    # All ways have the same mean weight, so that a rate means the same to each.
    tables = tables / np.array([[table[kind[pool]].mean()] for table, pool in zip(tables, pools)])
    groups = len(pools) * len(rates)
    # The loss is a mean over the groups, and a weight of a loss acts like a learning rate.
    model = build_model(groups, 5, None, rn.losses.BinaryCrossentropy(from_logits=True), 1.0)
    rates = np.tile(rates, len(pools))
    for _ in range(steps):
        draw = generator.random(batch_size)
        rows = np.stack([pool[(draw * len(pool)).astype(int)] for pool in pools], axis=1)
        weights = np.repeat(tables[np.arange(len(pools)), kind[rows]], groups // len(pools), axis=1)
        rows = np.repeat(rows, groups // len(pools), axis=1)
        batch = squares(x)[rows], y[rows][..., None], (weights * rates).astype(x.dtype)
        model.train_on_batch(*batch)
    inputs = np.repeat(squares(new)[:, None], groups, axis=1)
    logits = model.predict(inputs, batch_size=len(new), verbose=0)
    return {"probability": rn.activations.sigmoid(logits).reshape(len(new), len(pools), -1)}
