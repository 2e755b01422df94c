"""Rosenblatt's rule in Keras: gradient descent, one example at a time, on a loss of its own."""

import keras
import numpy as np
from keras import layers, ops


def perceptron_rule(inputs, units):
    """Perceptrons whose step of gradient descent is the rule.

    The loss is |z| where the answer is wrong and 0 where it is right; its gradient with respect to
    z is the answer less what it should be.
    """

    def loss(t, z):
        answer = ops.cast(z > 0, z.dtype)
        return ops.sum((answer - t) * z, axis=-1)

    model = keras.Sequential([layers.Input((inputs,)), layers.Dense(units)])
    model.compile(optimizer=keras.optimizers.SGD(), loss=loss)
    return model


def perceptron_learning(model, x, t, w, b, epochs, learning_rate=1.0):
    """One example after another, until an epoch passes without a correction."""
    model.set_weights([w, b])
    model.optimizer.learning_rate = learning_rate
    weights, biases = [w], [b]
    for _ in range(epochs):
        for i in range(len(x)):
            model.train_on_batch(x[i : i + 1], t[i : i + 1])
            w, b = model.get_weights()
            weights.append(w)
            biases.append(b)
        if not np.ptp(biases[-len(x) - 1 :], axis=0).any():  # a correction always moves b
            break
    return np.array(weights), np.array(biases)


def separable(x, t, numbers, epochs):
    """Weights and biases look by look, from zeros, on the first examples, so many of them."""
    model = perceptron_rule(x.shape[1], t.shape[1])
    found, w, b = {}, np.zeros((x.shape[1], t.shape[1]), x.dtype), np.zeros(t.shape[1], x.dtype)
    for number in numbers:
        weights, biases = perceptron_learning(model, x[:number], t[:number], w, b, epochs)
        found |= {f"weights, {number}": weights, f"biases, {number}": biases}
    return found


def learning_rates(x, t, w, b, rates, epochs):
    """How many corrections each unit needs, by learning rate."""
    model, found = perceptron_rule(*w.shape), {}
    for rate in rates:
        _, biases = perceptron_learning(model, x, t, w, b, epochs, rate)
        found[f"rate {rate}"] = (np.diff(biases, axis=0) != 0).sum(axis=0)
    return found


def gates(x, t, w, b, epochs):
    """Weights and biases look by look, a perceptron for each function of two inputs."""
    weights, biases = perceptron_learning(perceptron_rule(*w.shape), x, t, w, b, epochs)
    return {"weights": weights, "biases": biases}
