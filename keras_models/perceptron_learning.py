"""Rosenblatt's rule in Keras: gradient descent, one example at a time, on a loss of its own."""

import keras
import numpy as np
from keras import layers, ops


def perceptron_rule(inputs, units, learning_rate=1.0):
    """Perceptrons whose step of gradient descent is the rule.

    The loss is |z| where the answer is wrong and 0 where it is right; its gradient with respect to
    z is the answer less what it should be.
    """

    def loss(t, z):
        answer = ops.cast(z > 0, z.dtype)
        return ops.sum((answer - t) * z, axis=-1)

    model = keras.Sequential([layers.Input((inputs,)), layers.Dense(units)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=learning_rate), loss=loss)
    return model


def perceptron_learning(x, t, w, b, epochs, learning_rate=1.0):
    """One example after another, epoch after epoch: w and b at the start and after each look."""
    model = perceptron_rule(*w.shape, learning_rate)
    model.set_weights([w, b])
    path = [(w, b)]
    for _ in range(epochs):
        for i in range(len(x)):
            model.train_on_batch(x[i : i + 1], t[i : i + 1])
            path.append(model.get_weights())
    weights, biases = zip(*path)
    return np.array(weights), np.array(biases)


def separable(x, t, epochs, rates):
    """Weights and biases look by look, from zeros, for each learning rate."""
    found = {}
    for rate in rates:
        w, b = np.zeros((x.shape[1], t.shape[1]), x.dtype), np.zeros(t.shape[1], x.dtype)
        weights, biases = perceptron_learning(x, t, w, b, epochs, rate)
        found |= {f"weights, rate {rate}": weights, f"biases, rate {rate}": biases}
    return found


def gates(x, t, w, b, epochs):
    """Weights and biases look by look, a perceptron for each function of two inputs."""
    weights, biases = perceptron_learning(x, t, w, b, epochs)
    return {"weights": weights, "biases": biases}
