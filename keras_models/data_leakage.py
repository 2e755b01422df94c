"""Data leakage in Keras: whatever is fitted (a choice, a scaler) is fitted to training rows."""

import keras
import numpy as np
from keras import layers, ops
from keras.ops import convert_to_numpy as as_array


def correlation():
    """How well each column goes with the answers, from −1 to 1."""

    def standardised(values):
        values = ops.convert_to_tensor(values)
        return (values - ops.mean(values, axis=0)) / ops.std(values, axis=0)

    return lambda x, y: ops.mean(standardised(x) * standardised(y)[:, None], axis=0)


def best_columns(number):
    """The columns that go best with the answers."""
    return lambda x, y: ops.top_k(ops.abs(correlation()(x, y)), number)[1]


def build_model(groups, columns, learning_rate):
    """Logistic regressions side by side: (n, groups, columns) to (n, groups, 1)."""
    layer = layers.EinsumDense(
        "ngi,gio->ngo", (groups, 1), "sigmoid", bias_axes="go", kernel_initializer="zeros"
    )
    model = keras.Sequential([layers.Input((groups, columns)), layer])
    # The loss is a mean over the groups too, so that each has but a share of the gradient.
    model.compile(keras.optimizers.SGD(learning_rate * groups, momentum=0.9), "binary_crossentropy")
    return model


def judged(x, y, train, test, learning_rate, steps):
    """Accuracy and cross-entropy of every group's model, (groups,) each.

    Args:
        x: (n, groups, columns). y: (n, groups), 0 or 1. train, test: (n, groups), the rows that a
            group learns from, and those that judge it.
    """
    model = build_model(*x.shape[1:], learning_rate)
    for _ in range(steps):
        model.train_on_batch(x, y[..., None], sample_weight=train.astype(x.dtype))
    p = model.predict_on_batch(x)[..., 0]
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
                best = as_array(best_columns(chosen)(x[rows, :number], y[rows]))
                columns.append(x[:, best])
                train.append(inside)
                known.append(as_array(correlation()(columns[-1][inside], y[inside])))
                new.append(as_array(correlation()(columns[-1][~inside], y[~inside])))
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
    mean, variance = ops.nanmean(seen, axis=0), ops.nanvar(seen, axis=0)
    scaler = layers.Normalization(axis=(1, 2), mean=mean, variance=variance)
    return judged(as_array(ops.nan_to_num(scaler(x))), **given)


def passengers(**given):
    """The same of the Titanic's passengers."""
    return scaling(**given)
