"""Cross-entropy with its gradients: of yes and no, of logits, of classes; and KL divergence."""

import numpy as np

import reference_numpy as rn
from reference_numpy.concepts.activations import sigmoid, sigmoid_derivative
from reference_numpy.concepts.losses import mean_squared_error, mean_squared_error_gradient

EPSILON = 1e-7  # probabilities are kept this far from 0 and 1, where the logarithm ends


def binary_crossentropy(y_true, y_pred):
    """−t log y − (1 − t) log(1 − y) for probabilities y of yes, the mean.

    Source: Goodfellow et al., Deep Learning, 6.2.2.2.
    """
    y = np.clip(y_pred, EPSILON, 1 - EPSILON)
    return -np.mean(y_true * np.log(y) + (1 - y_true) * np.log(1 - y))


def binary_crossentropy_gradient(y_true, y_pred):
    """(y − t) / (y (1 − y)), and 0 where y was cut off."""
    y = np.clip(y_pred, EPSILON, 1 - EPSILON)
    return (y - y_true) / (y * (1 - y)) * (y == y_pred) / y.size


def binary_crossentropy_on_logits(y_true, y_pred):
    """The same of the logit a, y = σ(a): log(1 + eᵃ) − t a.

    eᵃ overflows for large a; log(1 + eᵃ) = max(a, 0) + log(1 + e^−|a|) does not.
    """
    return np.mean(np.maximum(y_pred, 0) + np.log1p(np.exp(-np.abs(y_pred))) - y_true * y_pred)


def binary_crossentropy_on_logits_gradient(y_true, y_pred):
    """σ(a) − t: the sigmoid's slope y (1 − y) is gone."""
    return (sigmoid(y_pred) - y_true) / y_pred.size


def categorical_crossentropy(y_true, y_pred):
    """−Σₖ tₖ log pₖ, the mean over the batch; as in Keras, p is y made to add up to 1.

    Args:
        y_true: (n, classes), for the most part one-hot. y_pred: (n, classes), probabilities.

    Source: Saito, Deep Learning from Scratch, 4.2.2.
    """
    p = y_pred / y_pred.sum(axis=-1, keepdims=True)
    return -np.sum(y_true * np.log(np.clip(p, EPSILON, 1 - EPSILON))) / len(p)


def categorical_crossentropy_gradient(y_true, y_pred):
    """dpₖ = −tₖ / pₖ, then back through p = y / Σ y."""
    total = y_pred.sum(axis=-1, keepdims=True)
    p = y_pred / total
    dp = -y_true / p * (np.clip(p, EPSILON, 1 - EPSILON) == p)
    return (dp - (dp * p).sum(axis=-1, keepdims=True)) / total / len(p)


def sparse_categorical_crossentropy(y_true, y_pred):
    """−log p of the right class, whose number is y_true: (n,), whole numbers.

    Source: Saito, Deep Learning from Scratch, 4.2.4.
    """
    p = y_pred / y_pred.sum(axis=-1, keepdims=True)
    return -np.mean(np.log(np.clip(p[np.arange(len(p)), y_true], EPSILON, 1 - EPSILON)))


def sparse_categorical_crossentropy_gradient(y_true, y_pred):
    """That of the one-hot rows."""
    one_hot = np.eye(y_pred.shape[-1], dtype=y_pred.dtype)[y_true]
    return categorical_crossentropy_gradient(one_hot, y_pred)


def kl_divergence(y_true, y_pred):
    """Σₖ tₖ log(tₖ / yₖ), the mean over the batch: how far y is from the distribution t.

    Source: Kullback & Leibler 1951; Goodfellow et al., Deep Learning, 3.13.
    """
    t, y = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
    return np.sum(t * np.log(t / y)) / len(y)


def kl_divergence_gradient(y_true, y_pred):
    """−t / y: that of the cross-entropy, since Σ t log t does not depend on y."""
    t, y = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
    return -t / y * (y == y_pred) / len(y)


def behind_a_sigmoid(logits):
    """Value, and gradient for the logit, of three losses whose target is 1: (logits,) each."""
    a, ones, n = logits, np.ones_like(logits), len(logits)
    y, slope = sigmoid(a), sigmoid_derivative(a)

    def values(loss, inputs):
        return np.array([loss(np.ones((1,)), inputs[i : i + 1]) for i in range(n)])

    return {
        "square": values(mean_squared_error, y),
        "square: gradient": n * mean_squared_error_gradient(ones, y) * slope,
        "from probabilities": values(binary_crossentropy, y),
        "from probabilities: gradient": n * binary_crossentropy_gradient(ones, y) * slope,
        "from logits": values(binary_crossentropy_on_logits, a),
        "from logits: gradient": n * binary_crossentropy_on_logits_gradient(ones, a),
    }


def agreement(distributions, labels, y):
    """Losses that are said to be the same, row by row.

    Args:
        distributions: (n, classes). labels: (n,), whole numbers. y: (n, classes), probabilities.
    """
    t, one_hot = distributions, np.eye(y.shape[1], dtype=y.dtype)[labels]

    def rows(loss, targets):
        return np.array([loss(targets[i : i + 1], y[i : i + 1]) for i in range(len(y))])

    return {
        "cross-entropy": rows(categorical_crossentropy, t),
        "KL divergence": rows(kl_divergence, t),
        "entropy": -np.sum(t * np.log(t), axis=1),
        "categorical": rows(categorical_crossentropy, one_hot),
        "sparse": rows(sparse_categorical_crossentropy, labels),
        "gradient, categorical": categorical_crossentropy_gradient(one_hot, y),
        "gradient, sparse": sparse_categorical_crossentropy_gradient(labels, y),
    }


def build_model(loss):
    """784 pixels, 50 hidden units with ReLU, and a sigmoid that says yes or no."""
    model = rn.Sequential(
        [
            rn.Input((784,)),
            rn.layers.Dense(50, activation="relu"),
            rn.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(rn.optimizers.SGD(), loss=loss, metrics=["accuracy"])
    return model


def learning(x, y, networks, batch_size, generator):
    """The same network learns by each loss, from the same weights, each image seen once.

    Args:
        x: (n, 784), images. y: (n, 1), 0 or 1.
        networks: loss, bias of the last unit at the start, and learning rate, by name.

    Returns:
        By name the accuracy on each batch before its step, and the first losses.
    """
    draws = [generator.normal(0, (2 / 784) ** 0.5, (784, 50)), generator.normal(0, 0.1, (50, 1))]
    found, models = {}, {}
    for name, (loss, bias, rate) in networks.items():
        if loss not in models:
            models[loss] = build_model(loss)
        model = models[loss]
        model.set_weights([draws[0], np.zeros(50), draws[1], np.full(1, bias)])
        model.optimizer.learning_rate = rate
        batches = np.split(np.arange(len(x)), len(x) // batch_size)
        logs = np.array([train_step(model, x[rows], y[rows]) for rows in batches])
        found[f"{name}: accuracy"], found[f"{name}: first losses"] = logs[:, 1], logs[:5, 0]
    return found


def train_step(model, x, y):
    """Loss and metrics of a batch, before the step that it makes."""
    model.reset_metrics()
    return model.train_on_batch(x, y)
