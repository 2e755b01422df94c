"""Linear regression in Keras: least squares at once, and a Dense layer that descends."""

import keras
import numpy as np
from keras import layers, ops


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


def against_network(x, y, x_test, y_test, numbers, steps, generator):
    """Test errors of linear regression and of a network, problem by problem.

    Returns: see the NumPy half.
    """
    model = build_network(x.shape[1])
    start = [generator.normal(0, (2 / len(w)) ** 0.5, w.shape) for w in model.get_weights()]
    found = {"linear": [], "network": [], "first losses": []}
    for own, own_test, number in zip(y, y_test, numbers):
        w, b = normal_equation()(*map(ops.convert_to_tensor, (x[:number], own[:number])))
        answers = ops.convert_to_numpy(ops.matmul(x_test, w) + b)
        found["linear"].append(root_mean_square(answers - own_test))
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
    model = keras.Sequential(
        [
            layers.Input((inputs,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.SGD(learning_rate=0.05), loss="mean_squared_error")
    return model


def root_mean_square(error):
    """√ of the mean square."""
    return np.sqrt(np.mean(error**2))
