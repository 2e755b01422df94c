"""SGD, Momentum, Nesterov, AdaGrad, RMSProp and Adam: on a ravine and on MNIST."""

import numpy as np

import reference_numpy as rn

RAVINE = {
    "SGD": lambda: rn.optimizers.SGD(learning_rate=0.95),
    "Momentum": lambda: rn.optimizers.SGD(learning_rate=0.1, momentum=0.9),
    "Nesterov": lambda: rn.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True),
    "AdaGrad": lambda: rn.optimizers.Adagrad(learning_rate=1.5),
    "RMSProp": lambda: rn.optimizers.RMSprop(learning_rate=0.3),
    "Adam": lambda: rn.optimizers.Adam(learning_rate=0.3),
}
MNIST = {
    "SGD": lambda: rn.optimizers.SGD(learning_rate=0.01),
    "Momentum": lambda: rn.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    "Nesterov": lambda: rn.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
    "AdaGrad": lambda: rn.optimizers.Adagrad(learning_rate=0.01),
    "RMSProp": lambda: rn.optimizers.RMSprop(learning_rate=0.001),
    "Adam": lambda: rn.optimizers.Adam(learning_rate=0.001),
}


def ravine_gradient(point):
    """Gradient of the ravine f(x, y) = x² / 20 + y²: gentle along x, steep along y."""
    return point * np.array([0.1, 2.0], dtype=point.dtype)


def paths(start, steps):
    """The path of every optimizer down the ravine, `(steps + 1, 2)` each, by name."""
    found = {}
    for name, make in RAVINE.items():
        optimizer, point = make(), start.copy()
        path = [start]
        for _ in range(steps):
            optimizer.apply([ravine_gradient(point)], [point])
            path.append(point.copy())
        found[name] = np.stack(path)
    return found


def build_model(optimizer):
    """784 pixels, two hidden layers of 100 with ReLU, ten classes; trained by `optimizer`."""
    model = rn.Sequential(
        [
            rn.Input((784,)),
            rn.layers.Dense(100, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(100, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=MNIST[optimizer](), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
