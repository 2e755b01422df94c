"""SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam and AdamW in Keras: a ravine, and MNIST."""

import keras
import numpy as np
from keras import layers, ops


def sgd(learning_rate):
    """A step against the gradient."""
    return keras.optimizers.SGD(learning_rate=learning_rate)


def momentum(learning_rate, momentum=0.9):
    """The gradient changes the velocity, and the velocity the place."""
    return keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum)


def nesterov(learning_rate, momentum=0.9):
    """Momentum that looks ahead."""
    return keras.optimizers.SGD(learning_rate=learning_rate, momentum=momentum, nesterov=True)


def adagrad(learning_rate, initial_accumulator_value=0.1):
    """Steps that shrink as the squares of the gradients add up."""
    return keras.optimizers.Adagrad(
        learning_rate=learning_rate, initial_accumulator_value=initial_accumulator_value
    )


def rmsprop(learning_rate):
    """AdaGrad that forgets."""
    return keras.optimizers.RMSprop(learning_rate=learning_rate)


def adam(learning_rate):
    """The mean of the gradients over the root of their mean square."""
    return keras.optimizers.Adam(learning_rate=learning_rate)


def adamw(learning_rate, weight_decay=0.004):
    """Adam after a decay of the weight."""
    return keras.optimizers.AdamW(learning_rate=learning_rate, weight_decay=weight_decay)


RULES = {
    "SGD": sgd,
    "Momentum": momentum,
    "Nesterov": nesterov,
    "AdaGrad": adagrad,
    "RMSProp": rmsprop,
    "Adam": adam,
}
OPTIMIZERS = {**RULES, "AdamW": adamw}


def ravine_gradient(point):
    """Gradient of the ravine f(x, y) = x² / 20 + y²: gentle along x, steep along y."""
    return point * ops.convert_to_tensor([0.1, 2.0], dtype=point.dtype)


def paths(start, steps, rates):
    """Every optimizer's path down the ravine by name: `(rates, steps + 1, 2)`."""
    found = {}
    for name, rule in RULES.items():
        found[name] = np.empty((len(rates), steps + 1, 2), start.dtype)
        for path, learning_rate in zip(found[name], rates):
            path[0] = start
            optimizer, point = rule(learning_rate), keras.Variable(start, dtype=start.dtype.name)
            for step in range(steps):
                optimizer.apply([ravine_gradient(point)], [point])
                path[step + 1] = point.numpy()
    return found


def build_model(optimizer, learning_rate):
    """784 pixels, a hidden layer of 100 with ReLU, ten logits; trained by `optimizer`."""
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(100, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(10),
        ]
    )
    model.compile(
        optimizer=OPTIMIZERS[optimizer](learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def sweep(x_train, y_train, x_test, y_test, rates, steps, generator):
    """The same model trained from the same weights and batches at every learning rate."""
    batches = generator.integers(0, len(x_train), (steps, 50))
    weights = [generator.normal(0, 0.05, shape) for shape in ((784, 100), (100, 10))]
    found = {}
    for name in rates:
        losses, accuracies = [], []
        model = build_model(name, 1.0)
        for learning_rate in rates[name]:
            model.set_weights([weights[0], np.zeros(100), weights[1], np.zeros(10)])
            restart(model.optimizer, learning_rate)
            losses.append([model.train_on_batch(x_train[b], y_train[b])[0] for b in batches])
            accuracies.append(accuracy(model, x_test, y_test))
        found[f"{name}: losses"] = np.array(losses)
        found[f"{name}: test accuracy"] = np.array(accuracies)
        found[f"{name}: first losses"] = found[f"{name}: losses"][0, :3]
    return found


def restart(optimizer, learning_rate):
    """Set an optimizer back to its first step: to compile another one would take seconds."""
    for variable in optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    optimizer.learning_rate = learning_rate


def accuracy(model, x, y):
    """Share of the rows whose most probable class is the right one."""
    return np.mean(model.predict_on_batch(x).argmax(axis=1) == y)
