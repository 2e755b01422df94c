"""Overfitting: polynomials through noisy points, and seven layers for few images."""

import numpy as np

import reference_numpy as rn

TESTED = 2_000  # test images that are read after every epoch


def build_model(units, rate=0.0):
    """784 pixels, six hidden layers of `units` with ReLU, ten classes; dropout of `rate`.

    Source: Saito, Deep Learning from Scratch, 6.4.1.
    """
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(6):
        model.add(rn.layers.Dense(units, activation="relu", kernel_initializer="he_normal"))
        if rate:
            model.add(rn.layers.Dropout(rate))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.SGD(learning_rate=0.1),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def after_epoch(model, data):
    """Accuracy on the test images; on the training images, all units on and as in training."""
    x, y = data.x_train, data.y_train
    answers = {
        "all units on": (model(x), y),
        "dropout on": (model.forward(x, training=True)[0], y),
        "test": (model(data.x_test[:TESTED]), data.y_test[:TESTED]),
    }
    return {name: (answer.argmax(axis=-1) == y).mean() for name, (answer, y) in answers.items()}


def by_amount(x_train, y_train, x_test, y_test, numbers, steps, every, generator):
    """The same network trained from the same weights on the first 100, 300, … images.

    Args:
        numbers: how many images. steps: training steps of 100 images each.
        every: after how many steps to measure, once and again.

    Returns:
        `training` and `test`: accuracies (numbers, steps / every), on 1,000 training images at
        most. `first losses`, which rounding has not yet driven apart.
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
    """What least squares makes of the first points: the polynomial of each degree, at `x_new`.

    Args:
        x, y: (n,). numbers: how many of the points. x_new: (m,).

    Returns:
        `fitted`: its values (numbers, degrees, m).
    """

    def powers(x, degree):
        # Chebyshev's polynomials span what 1, x, x², … span, and round less.
        return np.cos(np.arange(degree + 1) * np.arccos(x)[:, None])

    def fitted(number, degree):
        known = powers(x[:number], degree)
        return powers(x_new, degree) @ np.linalg.lstsq(known, y[:number], rcond=None)[0]

    return {"fitted": np.array([[fitted(n, degree) for degree in degrees] for n in numbers])}
