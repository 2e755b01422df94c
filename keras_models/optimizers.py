"""SGD, Momentum, Nesterov, AdaGrad, RMSProp and Adam in Keras: on a ravine and on MNIST."""

import keras
import numpy as np
from keras import layers, ops

RAVINE = {
    "SGD": lambda: keras.optimizers.SGD(learning_rate=0.95),
    "Momentum": lambda: keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
    "Nesterov": lambda: keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True),
    "AdaGrad": lambda: keras.optimizers.Adagrad(learning_rate=1.5),
    "RMSProp": lambda: keras.optimizers.RMSprop(learning_rate=0.3),
    "Adam": lambda: keras.optimizers.Adam(learning_rate=0.3),
}
MNIST = {
    "SGD": lambda: keras.optimizers.SGD(learning_rate=0.01),
    "Momentum": lambda: keras.optimizers.SGD(learning_rate=0.01, momentum=0.9),
    "Nesterov": lambda: keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
    "AdaGrad": lambda: keras.optimizers.Adagrad(learning_rate=0.01),
    "RMSProp": lambda: keras.optimizers.RMSprop(learning_rate=0.001),
    "Adam": lambda: keras.optimizers.Adam(learning_rate=0.001),
}


def ravine_gradient(point):
    """Gradient of the ravine f(x, y) = x² / 20 + y²: gentle along x, steep along y."""
    return point * ops.convert_to_tensor([0.1, 2.0], dtype=point.dtype)


def paths(start, steps):
    """The path of every optimizer down the ravine, `(steps + 1, 2)` each, by name."""
    found = {}
    for name, make in RAVINE.items():
        optimizer = make()
        point = keras.Variable(start, dtype=start.dtype.name)
        path = [start]
        for _ in range(steps):
            optimizer.apply([ravine_gradient(point)], [point])
            path.append(ops.convert_to_numpy(point).copy())
        found[name] = np.stack(path)
    return found


def build_model(optimizer):
    """784 pixels, two hidden layers of 100 with ReLU, ten classes; trained by `optimizer`."""
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(100, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(100, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=MNIST[optimizer](), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
