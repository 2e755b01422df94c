"""Linear regression: solved by the normal equation, and descended by its gradient."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.losses import mean_squared_error, mean_squared_error_gradient
from reference_numpy.concepts.perceptron import weighted_sum

HIDDEN = 32  # units of the network


def normal_equation(x, y):
    """The weights of the least mean squared error at once: Aᵀ A (w, b) = Aᵀ y.

    Args:
        x: (n, inputs), one or several inputs (multiple regression). y: (n, outputs).

    Source: Legendre 1805; Bishop 2006, Pattern Recognition and Machine Learning, 3.1.1.
    """
    a = np.concatenate([x, np.ones_like(x[:, :1])], axis=1)  # b is the weight of an input 1
    wb = np.linalg.solve(a.T @ a, a.T @ y)
    return wb[:-1], wb[-1]


def squared_error(w, b, x, y):
    """The mean of (x w + b − y)²: a bowl over the weights."""
    y_pred = weighted_sum(x, w, b)
    return mean_squared_error(y, y_pred), (x, y, y_pred)


def squared_error_backward(dy, cache):
    """The bowl's slope: every input in proportion to the error that it is part of."""
    x, y, y_pred = cache
    dz = dy * mean_squared_error_gradient(y, y_pred)
    return x.T @ dz, dz.sum(axis=0)


def descent(x, y, steps, rate):
    """The (w, b) of the normal equation, and the path of gradient descent from zeros.

    Args:
        x: (n, 1). y: (n, 1).
    """
    solution = np.append(*normal_equation(x, y))
    w, b = np.zeros((1, 1), x.dtype), np.zeros(1, x.dtype)
    path = [np.append(w, b)]
    for _ in range(steps):
        _, cache = squared_error(w, b, x, y)
        dw, db = squared_error_backward(1, cache)
        w, b = w - rate * dw, b - rate * db
        path.append(np.append(w, b))
    return {"normal equation": solution, "path": np.array(path)}


def against_network(
    x, y, x_validation, y_validation, x_test, y_test, numbers, rates, steps, generator
):
    """Errors of linear regression and of a network, problem by problem.

    Args:
        x, x_validation, x_test: (n, inputs). y, y_validation, y_test: (n, problems, 1).
        numbers: how many of the training examples each problem has.
        rates: the network's learning rates.

    Returns:
        Root mean squared errors on the test examples, `linear`, (problems,), and every ten steps
        those of the network, `network, validation` and `network, test`, (rates, steps / 10,
        problems); and `first losses` of the network, (rates, 3).
    """
    solved = [normal_equation(x[:number], y[:number, k]) for k, number in enumerate(numbers)]
    answers = np.stack([weighted_sum(x_test, w, b) for w, b in solved], axis=1)
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
    model = rn.Sequential(
        [
            rn.Input((problems, inputs)),
            rn.layers.EinsumDense(
                "npi,pih->nph", (problems, HIDDEN), bias_axes="ph", activation="relu"
            ),
            rn.layers.EinsumDense("nph,pho->npo", (problems, 1), bias_axes="po"),
        ]
    )
    model.compile(rn.optimizers.Adam(learning_rate=rate), loss="mean_squared_error")
    return model


def root_mean_square(error):
    """√ of the mean square of each problem, for (n, problems, 1)."""
    return np.sqrt(np.mean(error**2, axis=(0, 2)))
