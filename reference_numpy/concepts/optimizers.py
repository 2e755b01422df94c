"""SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW: the rules, a ravine, and MNIST."""

from functools import partial

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.gradient_descent import ravine_gradient


def sgd(w, g, learning_rate=0.01):
    """Stochastic gradient descent: a step against the gradient. Keeps no state.

    Source: Saito, Deep Learning from Scratch, 6.1.2.
    """
    w = w - learning_rate * g
    return (w,)


def momentum(w, g, velocity, learning_rate=0.01, momentum=0.9):
    """A ball that rolls: the gradient changes the velocity, and the velocity the place.

    Source: Polyak 1964; Saito, Deep Learning from Scratch, 6.1.4.
    """
    velocity = momentum * velocity - learning_rate * g
    w = w + velocity
    return w, velocity


def nesterov(w, g, velocity, learning_rate=0.01, momentum=0.9):
    """Momentum that looks ahead: g is read where the next step along the velocity leads.

    Source: Sutskever et al. 2013, On the importance of initialization and momentum.
    """
    velocity = momentum * velocity - learning_rate * g
    w = w + momentum * velocity - learning_rate * g
    return w, velocity


def adagrad(w, g, accumulator, learning_rate=0.001, epsilon=1e-7):
    """Steps that shrink, weight by weight, as the squares of the gradients add up.

    Source: Duchi, Hazan & Singer 2011; Saito, Deep Learning from Scratch, 6.1.5.
    """
    accumulator = accumulator + g * g
    w = w - learning_rate * g / np.sqrt(accumulator + epsilon)
    return w, accumulator


def rmsprop(w, g, velocity, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """AdaGrad that forgets: the mean square of the last gradients in place of the sum of all.

    Source: Tieleman & Hinton 2012, Neural networks for machine learning, lecture 6e.
    """
    velocity = rho * velocity + (1 - rho) * g * g
    w = w - learning_rate * g / np.sqrt(velocity + epsilon)
    return w, velocity


def adam(w, g, m, v, t, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Momentum's mean of the gradients over RMSProp's root of their mean square.

    Both means start at 0 and are too small at first; the root corrects the step for that.

    Source: Kingma & Ba 2014, Adam, end of section 2; Saito, Deep Learning from Scratch, 6.1.6.
    """
    t = t + 1
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g * g
    rate = learning_rate * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    w = w - rate * m / (np.sqrt(v) + epsilon)
    return w, m, v, t


def adamw(w, g, m, v, t, learning_rate=0.001, weight_decay=0.004):
    """Adam after a decay of the weight that goes around the two means.

    Source: Loshchilov & Hutter 2017, Decoupled weight decay regularization.
    """
    w = w - learning_rate * weight_decay * w
    return adam(w, g, m, v, t, learning_rate)


# Each rule, and its state before the first step.
RULES = {
    "SGD": (sgd, ()),
    "Momentum": (momentum, (0.0,)),
    "Nesterov": (nesterov, (0.0,)),
    "AdaGrad": (adagrad, (0.1,)),
    "RMSProp": (rmsprop, (0.0,)),
    "Adam": (adam, (0.0, 0.0, 0)),
}
OPTIMIZERS = {
    "SGD": rn.optimizers.SGD,
    "Momentum": partial(rn.optimizers.SGD, momentum=0.9),
    "Nesterov": partial(rn.optimizers.SGD, momentum=0.9, nesterov=True),
    "AdaGrad": rn.optimizers.Adagrad,
    "RMSProp": rn.optimizers.RMSprop,
    "Adam": rn.optimizers.Adam,
    "AdamW": rn.optimizers.AdamW,
}


def paths(start, steps, rates):
    """Every rule's path down the ravine by name: `(rates, steps + 1, 2)`."""
    found = {}
    for name, (rule, state_before) in RULES.items():
        found[name] = np.empty((len(rates), steps + 1, 2), start.dtype)
        for path, learning_rate in zip(found[name], rates):
            path[0], state = start, state_before
            for step in range(steps):
                point = path[step]
                path[step + 1], *state = rule(
                    point, ravine_gradient(point), *state, learning_rate=learning_rate
                )
    return found


def build_model(optimizer, learning_rate):
    """784 pixels, a hidden layer of 100 with ReLU, ten logits; trained by `optimizer`."""
    model = rn.Sequential(
        [
            rn.Input((784,)),
            rn.layers.Dense(100, activation="relu", kernel_initializer="he_normal"),
            rn.layers.Dense(10),
        ]
    )
    model.compile(
        optimizer=OPTIMIZERS[optimizer](learning_rate=learning_rate),
        loss=rn.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def sweep(x_train, y_train, x_test, y_test, rates, steps, generator):
    """The same model trained from the same weights and batches at every learning rate.

    Args:
        rates: learning rates by the optimizer's name.
        steps: training steps of 50 examples each.

    Returns:
        For each optimizer its losses `(rates, steps)` and its accuracies `(rates,)`; and the first
        losses, which rounding has not yet driven apart.
    """
    batches = generator.integers(0, len(x_train), (steps, 50))
    weights = [generator.normal(0, 0.05, shape) for shape in ((784, 100), (100, 10))]
    found = {}
    for name in rates:
        losses, accuracies = [], []
        for learning_rate in rates[name]:
            model = build_model(name, learning_rate)
            model.set_weights([weights[0], np.zeros(100), weights[1], np.zeros(10)])
            # Where a rate is too large, weights overflow.
            with np.errstate(over="ignore", invalid="ignore"):
                losses.append([model.train_on_batch(x_train[b], y_train[b])[0] for b in batches])
                accuracies.append(accuracy(model, x_test, y_test))
        found[f"{name}: losses"] = np.array(losses)
        found[f"{name}: test accuracy"] = np.array(accuracies)
        found[f"{name}: first losses"] = found[f"{name}: losses"][0, :3]
    return found


def accuracy(model, x, y):
    """Share of the rows whose most probable class is the right one."""
    return np.mean(model.predict(x, batch_size=1000, verbose=0).argmax(axis=1) == y)
