"""Missing values in Keras: no layer for them, but operations that a model can hold."""

import keras
import numpy as np
from keras import layers, ops


def missing_indicator():
    """1 where a value is missing, 0 where it is known."""
    return lambda x: ops.cast(ops.isnan(x), x.dtype)


def known_mean():
    """The mean of each column's known values."""
    return lambda x: ops.nanmean(x, axis=0)


def known_median():
    """The median of each column's known values."""
    return lambda x: ops.nanmedian(x, axis=0)


def fill_missing():
    """Each column's value wherever it is missing."""
    return lambda x, values: ops.where(ops.isnan(x), values, x)


def build_model(values, seen, activation, loss, learning_rate):
    """Models side by side that fill what is missing by themselves: what is saved holds all.

    Args:
        values, seen: (groups, columns), see `predictions` of the NumPy half.
    """
    groups = len(values)
    inputs = layers.Input(values.shape)
    missing = ops.isnan(inputs)
    filled = ops.where(missing, values, inputs)
    indicators = ops.cast(missing, inputs.dtype) * seen
    output = layers.EinsumDense(
        "ngi,gio->ngo", (groups, 1), activation, bias_axes="go", kernel_initializer="zeros"
    )(layers.Concatenate()([filled, indicators]))
    model = keras.Model(inputs, output)
    # The loss is a mean over the groups too, so that each has but a share of the gradient.
    model.compile(keras.optimizers.SGD(learning_rate * groups, momentum=0.9), loss)
    return model


def predictions(x, y, train, median, seen, activation, loss, learning_rate, steps):
    """What every group's model answers for every row, (n, groups). Arguments: the NumPy half."""
    learned = np.where(train[..., None], x, np.nan)
    means, medians = known_mean()(learned), known_median()(learned)
    values = ops.convert_to_numpy(ops.where(median[:, None], medians, means))
    model = build_model(values, seen.astype(x.dtype), activation, loss, learning_rate)
    some = train.any(axis=1)
    batch = x[some], y[some, :, None], train[some].astype(x.dtype)
    for _ in range(steps):
        model.train_on_batch(*batch)
    return model.predict_on_batch(x)[..., 0]


def made(y, train, **given):
    """The share of the answers' variance that each group explains on rows that none has seen."""
    new = ~train.any(axis=1)
    error = predictions(y=y, train=train, **given)[new] - y[new]
    left = np.mean(error**2, axis=0, dtype="float64")  # many summands, one after another
    return {"explained": 1 - left / np.var(y[new], axis=0, dtype="float64")}


def passengers(**given):
    """The probability of surviving that each group's model gives every passenger."""
    return {"probability": predictions(**given)}
