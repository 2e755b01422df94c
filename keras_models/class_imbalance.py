"""Class imbalance in Keras: `fit(…, class_weight={0: …, 1: …})`, `Precision` and `Recall`."""

import keras
import numpy as np
from keras import layers, ops


def class_weights():
    """n / (classes · rows of the class), for `fit`'s `class_weight`."""
    return lambda y: y.shape[0] / (y.shape[1] * ops.sum(y, axis=0))


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


def precision_recall(threshold):
    """`compile(metrics=[Precision(), Recall()])`."""
    metrics = keras.metrics.Precision(threshold), keras.metrics.Recall(threshold)

    def measured(y_true, y_pred):
        counts = [
            metric.stateless_update_state(metric.variables, y_true, y_pred) for metric in metrics
        ]
        return [metric.stateless_result(own) for metric, own in zip(metrics, counts)]

    return measured


def build_model(groups):
    """Logistic regressions side by side on five columns each."""
    layer = layers.EinsumDense(
        "ngi,gio->ngo", (groups, 1), bias_axes="go", kernel_initializer="zeros"
    )
    model = keras.Sequential([layers.Input((groups, 5)), layer])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(float(groups), momentum=0.9), loss)
    return model


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
    tables = [
        class_weights()(keras.utils.to_categorical(kind)) if r is None else np.array([1.0, r])
        for r in ratios
    ]
    tables = np.array([*tables, [1.0, 1.0], [1.0, 1.0]])
    pools = [np.arange(len(y))] * len(ratios)
    pools += [resample(kind, size, generator) for size in (counts.max(), counts.min())]
    # All ways have the same mean weight, so that a rate means the same to each.
    tables = tables / np.array([[table[kind[pool]].mean()] for table, pool in zip(tables, pools)])
    groups = len(pools) * len(rates)
    # The loss is a mean over the groups, and a weight of a loss acts like a learning rate.
    model = build_model(groups)
    rates = np.tile(rates, len(pools))
    for _ in range(steps):
        draw = generator.random(batch_size)
        rows = np.stack([pool[(draw * len(pool)).astype(int)] for pool in pools], axis=1)
        weights = np.repeat(tables[np.arange(len(pools)), kind[rows]], groups // len(pools), axis=1)
        rows = np.repeat(rows, groups // len(pools), axis=1)
        batch = squares(x)[rows], y[rows][..., None], (weights * rates).astype(x.dtype)
        model.train_on_batch(*batch)
    inputs = np.repeat(squares(new)[:, None], groups, axis=1)
    logits = model.predict_on_batch(inputs)
    p = ops.convert_to_numpy(ops.sigmoid(logits))
    return {"probability": p.reshape(len(new), len(pools), -1)}
