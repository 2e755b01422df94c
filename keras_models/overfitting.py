"""Overfitting in Keras: polynomials through noisy points, and seven layers for few images."""

import keras
import numpy as np
from keras import layers, ops

TESTED = 2_000  # test images that are read after every epoch


def build_model(units, rate=0.0):
    """784 pixels, six hidden layers of `units` with ReLU, ten classes; dropout of `rate`."""
    model = keras.Sequential([layers.Input((784,))])
    for _ in range(6):
        model.add(layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(layers.Dropout(rate))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.1),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def after_epoch(model, data):
    """Accuracy on the test images; on the training images, all units on and as in training."""
    x, y = data.x_train, data.y_train
    answers = {
        "all units on": (model(x, training=False), y),
        "dropout on": (model(x, training=True), y),
        "test": (model(data.x_test[:TESTED], training=False), data.y_test[:TESTED]),
    }
    return {
        name: (ops.convert_to_numpy(answer).argmax(axis=-1) == y).mean()
        for name, (answer, y) in answers.items()
    }


def by_amount(x_train, y_train, x_test, y_test, numbers, steps, every, generator):
    """The same network trained from the same weights on the first 100, 300, … images.

    Returns: see the NumPy half.
    """
    model = build_model(units=50)
    start = [generator.normal(0, (2 / len(w)) ** 0.5, w.shape) for w in model.get_weights()]
    found = {"training": [], "test": [], "first losses": []}
    for number in numbers:
        model.set_weights([w * (w.ndim == 2) for w in start])  # biases begin at 0
        losses, training, test = [], [], []
        for step in range(1, steps + 1):
            rows = generator.integers(0, number, 100)
            losses.append(model.train_on_batch(x_train[rows], y_train[rows])[0])
            if step % every == 0:
                known = min(number, 1_000)
                training.append(accuracy(model, x_train[:known], y_train[:known]))
                test.append(accuracy(model, x_test, y_test))
        found["training"].append(training)
        found["test"].append(test)
        found["first losses"].append(losses[:3])
    return {name: np.array(values) for name, values in found.items()}


def accuracy(model, x, y):
    """The model's accuracy as it is at prediction."""
    return model.evaluate(x, y, batch_size=1_000, verbose=0)[1]


def polynomials(x, y, numbers, x_new, degrees):
    """What least squares makes of the first points: the polynomial of each degree, at `x_new`."""

    def powers(x, degree):
        # Chebyshev's polynomials span what 1, x, x², … span, and round less.
        orders = ops.arange(degree + 1, dtype=x.dtype)
        return ops.cos(orders * ops.arccos(x)[:, None])

    x, y, x_new = (ops.convert_to_tensor(array) for array in (x, y, x_new))

    def fitted(number, degree):
        weights = ops.lstsq(powers(x[:number], degree), y[:number])
        return ops.convert_to_numpy(ops.matmul(powers(x_new, degree), weights))

    return {"fitted": np.array([[fitted(n, degree) for degree in degrees] for n in numbers])}
