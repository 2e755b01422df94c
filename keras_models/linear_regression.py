"""Linear regression in Keras: least squares at once, and a Dense layer that descends."""

import keras
import numpy as np
from keras import layers, ops

HIDDEN = 32  # units of the network


def normal_equation():
    """The least squares of a linear system whose last column is ones."""

    def solve(x, y):
        a = ops.concatenate([x, ops.ones_like(x[:, :1])], axis=1)
        wb = ops.lstsq(a, y)
        return wb[:-1], wb[-1]

    return solve


def squared_error():
    """The loss of a Dense layer without an activation."""
    return lambda w, b, x, y: ops.mean(ops.square(ops.matmul(x, w) + b - y))


def descent(x, y, steps, rate):
    """The (w, b) of the normal equation, and the path of gradient descent from zeros."""
    solution = map(ops.convert_to_numpy, normal_equation()(*map(ops.convert_to_tensor, (x, y))))
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(learning_rate=rate), loss="mean_squared_error")
    path = [np.append(*model.get_weights())]
    for _ in range(steps):
        model.train_on_batch(x, y)
        path.append(np.append(*model.get_weights()))
    return {"normal equation": np.append(*solution), "path": np.array(path)}


def against_network(
    x, y, x_validation, y_validation, x_test, y_test, numbers, rates, steps, generator
):
    """Errors of linear regression and of a network, problem by problem.

    Returns: see the NumPy half.
    """
    answers = []
    for k, number in enumerate(numbers):
        w, b = normal_equation()(*map(ops.convert_to_tensor, (x[:number], y[:number, k])))
        answers.append(ops.convert_to_numpy(ops.matmul(x_test, w) + b))
    answers = np.stack(answers, axis=1)
    problems, inputs = len(numbers), x.shape[1]
    found = {"linear": root_mean_square(answers - y_test)}
    start = initial_weights(problems, inputs, generator)
    batches = [generator.integers(0, numbers, (20, problems)) for _ in range(steps)]
    parts = {"validation": (x_validation, y_validation), "test": (x_test, y_test)}
    errors, losses = {part: [] for part in parts}, []
    for rate in rates:
        model = build_networks(problems, inputs, rate)
        model.set_weights(start)
        for step, rows in enumerate(batches, start=1):
            model.reset_metrics()
            losses.append(model.train_on_batch(x[rows], y[rows, range(problems)]))
            if step % 10 == 0:
                for part, (own, targets) in parts.items():
                    answers = model.predict_on_batch(np.repeat(own[:, None], problems, axis=1))
                    errors[part].append(root_mean_square(answers - targets))
    for part, own in errors.items():
        found[f"network, {part}"] = np.reshape(own, (len(rates), -1, problems))
    found["first losses"] = np.reshape(losses, (len(rates), steps))[:, :3]
    return found


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
    model = keras.Sequential(
        [
            layers.Input((problems, inputs)),
            layers.EinsumDense(
                "npi,pih->nph", (problems, HIDDEN), bias_axes="ph", activation="relu"
            ),
            layers.EinsumDense("nph,pho->npo", (problems, 1), bias_axes="po"),
        ]
    )
    model.compile(keras.optimizers.Adam(learning_rate=rate), loss="mean_squared_error")
    return model


def root_mean_square(error):
    """√ of the mean square of each problem, for (n, problems, 1)."""
    return np.sqrt(np.mean(error**2, axis=(0, 2)))
