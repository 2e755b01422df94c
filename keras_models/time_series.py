"""Time series in Keras: windows by `extract_sequences`, and a network on them."""

import keras
import numpy as np
from keras import layers, ops

HIDDEN, BATCH = 32, 32


def sliding_windows(length, ahead=1):
    """Every window of a series, and the value `ahead` steps after its end."""
    return lambda series: (
        ops.extract_sequences(series[: len(series) - ahead], length, 1),
        series[length + ahead - 1 :],
    )


def split_by_time(shares, gap):
    """Windows to learn from, later ones to validate, and the last ones to test: x, y of each."""

    def parts(x, y):
        ends = [int(share * len(x)) for share in shares]
        starts = [0, *(end + gap for end in ends)]
        bounds = list(zip(starts, [*ends, len(x)]))
        return [array[start:end] for start, end in bounds for array in (x, y)]

    return parts


def prepared(series, length, aheads, shuffled, generator):
    """The parts of all problems side by side; see the NumPy half."""
    problems = []
    for own, ahead, mixed in zip(series, aheads, shuffled):
        x, y = map(ops.convert_to_numpy, sliding_windows(length, ahead)(ops.convert_to_tensor(own)))
        x, y = x[:, :-1] - x[:, -1:], y[:, None] - x[:, -1:]
        n = series.shape[1] - length - max(aheads) + 1
        order = generator.permutation(n) if mixed else np.arange(n)
        gap = length + max(aheads) - 1
        problems.append(split_by_time((0.6, 0.8), gap)(x[order], y[order]))
    return [np.stack(part, axis=1) for part in zip(*problems)]


def linear_forecast(x, y, new):
    """What a Dense layer forecasts whose weights solve the least squares at once."""
    a = np.concatenate([x, np.ones_like(x[:, :1])], axis=1)
    solution = ops.convert_to_numpy(ops.linalg.lstsq(a, y))
    layer = layers.Dense(y.shape[1], dtype=x.dtype.name)
    layer.build(x.shape)
    layer.set_weights([solution[:-1], solution[-1]])
    return ops.convert_to_numpy(layer(new))


def forecasting(series, length, aheads, shuffled, rates, steps, kept, generator):
    """Errors of simple forecasts, and the first losses of the network; NumPy trains it on."""
    x, y, *_, x_test, y_test = prepared(series, length, aheads, shuffled, generator)
    answers = np.stack(
        [linear_forecast(x[:, k], y[:, k], x_test[:, k]) for k in range(len(series))], axis=1
    )
    found = {
        "last value": root_mean_square(y_test),
        "linear": root_mean_square(answers - y_test),
        "forecasts": answers[..., 0],
        "truth": y_test[..., 0],
    }
    start = initial_weights(len(series), length - 1, generator)
    batches = [generator.integers(0, len(x), BATCH) for _ in range(steps)]
    losses = []
    for rate in rates:
        model = build_networks(len(series), length - 1, rate)
        model.set_weights(start)
        for rows in batches[:kept]:
            model.reset_metrics()
            losses.append(model.train_on_batch(x[rows], y[rows]))
    return {**found, "first losses": np.reshape(losses, (len(rates), kept))}


def initial_weights(problems, inputs, generator):
    """Glorot's uniform kernels and biases of 0, as Keras's Dense begins with."""
    weights = []
    for rows, columns in ((inputs, HIDDEN), (HIDDEN, 1)):
        limit = (6 / (rows + columns)) ** 0.5
        kernel = generator.uniform(-limit, limit, (problems, rows, columns))
        weights += [kernel, np.zeros((problems, columns))]
    return weights


def build_networks(problems, inputs, rate):
    """A network for each problem, side by side: a hidden layer with ReLU, and one number."""
    hidden = layers.EinsumDense(
        "npi,pih->nph", (problems, HIDDEN), bias_axes="ph", activation="relu"
    )
    output = layers.EinsumDense("nph,pho->npo", (problems, 1), bias_axes="po")
    model = keras.Sequential([layers.Input((problems, inputs)), hidden, output])
    model.compile(keras.optimizers.Adam(learning_rate=rate), loss="mean_squared_error")
    return model


def root_mean_square(error):
    """√ of the mean square of each problem, for (n, problems, 1)."""
    return np.sqrt(np.mean(error**2, axis=(0, 2)))
