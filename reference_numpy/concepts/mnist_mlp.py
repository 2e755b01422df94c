"""A multi-layer perceptron for MNIST, and what `fit` does, unrolled."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import relu, relu_derivative
from reference_numpy.concepts.optimizers import sgd
from reference_numpy.concepts.output_layers import softmax


def fit(weights, x, t, epochs, batch_size, learning_rate):
    """Train a multi-layer perceptron batch by batch: forward, loss, backward, update.

    Args:
        weights: `[W1, b1, W2, b2, …]`: ReLU after each layer but the last, softmax after that.
        x, t: (n, inputs), and the numbers of the classes, (n,); taken in their order.

    Returns:
        The mean loss of each epoch, measured while the weights move, and the weights.

    Source: Saito, Deep Learning from Scratch, 4.5 and 5.7.
    """
    history, last = [], len(weights) // 2 - 1
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            h, labels = x[start : start + batch_size], t[start : start + batch_size]
            rows = np.arange(len(labels))  # the last batch may be short
            # forward
            inputs, sums = [], []
            for layer in range(last + 1):
                inputs.append(h)
                sums.append(h @ weights[2 * layer] + weights[2 * layer + 1])
                h = relu(sums[-1])
            y, _ = softmax(sums[last])
            # loss
            total -= np.log(y[rows, labels]).sum()
            # backward
            grads = [None] * len(weights)
            ds = (y - np.eye(y.shape[1], dtype=y.dtype)[labels]) / len(labels)
            for layer in range(last, -1, -1):
                grads[2 * layer], grads[2 * layer + 1] = inputs[layer].T @ ds, ds.sum(axis=0)
                if layer:
                    ds = (ds @ weights[2 * layer].T) * relu_derivative(sums[layer - 1])
            # update
            weights = [sgd(w, g, learning_rate)[0] for w, g in zip(weights, grads)]
        history.append(total / len(x))
    return history, weights


def training(x, t, epochs, batch_size, learning_rate, **weights):
    """The losses of the epochs and the weights after them, by name."""
    history, found = fit(list(weights.values()), x, t, epochs, batch_size, learning_rate)
    return {"loss": np.array(history, x.dtype), **dict(zip(weights, found))}


def build_model(depth, width):
    """784 pixels, `depth` hidden layers of `width` units with ReLU, ten classes by softmax."""
    model = rn.Sequential([rn.Input((784,))])
    for _ in range(depth):
        model.add(rn.layers.Dense(width, activation="relu", kernel_initializer="he_normal"))
    model.add(rn.layers.Dense(10, activation="softmax"))
    model.compile(
        optimizer=rn.optimizers.Adam(learning_rate=0.001),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
