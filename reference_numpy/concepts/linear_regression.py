"""Linear regression: solved by the normal equation, and descended by its gradient."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.losses import mean_squared_error, mean_squared_error_gradient
from reference_numpy.concepts.perceptron import weighted_sum


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


def against_network(x, y, x_test, y_test, numbers, steps, generator):
    """Test errors of linear regression and of a network, problem by problem.

    Args:
        x: (n, inputs). y: (problems, n, 1). x_test: (m, inputs). y_test: (problems, m, 1).
        numbers: how many of the n examples each problem has.

    Returns:
        `linear`: root mean squared error of the normal equation. `network`: that of the network,
        every ten steps, (problems, steps / 10). `first losses` of the network, (problems, 3).
    """
    model = build_network(x.shape[1])
    start = [generator.normal(0, (2 / len(w)) ** 0.5, w.shape) for w in model.get_weights()]
    found = {"linear": [], "network": [], "first losses": []}
    for own, own_test, number in zip(y, y_test, numbers):
        w, b = normal_equation(x[:number], own[:number])
        found["linear"].append(root_mean_square(weighted_sum(x_test, w, b) - own_test))
        model.set_weights(start)
        losses, errors = [], []
        for step in range(steps):
            rows = generator.integers(0, number, 20)
            model.reset_metrics()
            losses.append(model.train_on_batch(x[rows], own[rows]))
            if step % 10 == 9:
                errors.append(root_mean_square(model.predict_on_batch(x_test) - own_test))
        found["network"].append(errors)
        found["first losses"].append(losses[:3])
    return {name: np.array(values) for name, values in found.items()}


def build_network(inputs):
    """A hidden layer of 32 with ReLU, and one number."""
    model = rn.Sequential(
        [
            rn.Input((inputs,)),
            rn.layers.Dense(32, activation="relu"),
            rn.layers.Dense(1),
        ]
    )
    model.compile(rn.optimizers.SGD(learning_rate=0.05), loss="mean_squared_error")
    return model


def root_mean_square(error):
    """√ of the mean square."""
    return np.sqrt(np.mean(error**2))
