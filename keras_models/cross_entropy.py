"""Cross-entropy in Keras: of yes and no, of logits, of classes; and KL divergence."""

import keras
import numpy as np
from keras import layers, losses, ops


def binary_crossentropy():
    """From probabilities: the model ends with a sigmoid."""
    return losses.BinaryCrossentropy()


def binary_crossentropy_on_logits():
    """From logits: the model ends without an activation."""
    return losses.BinaryCrossentropy(from_logits=True)


def categorical_crossentropy():
    """Targets are rows, one-hot for the most part."""
    return losses.CategoricalCrossentropy()


def sparse_categorical_crossentropy():
    """Targets are class numbers."""
    return losses.SparseCategoricalCrossentropy()


def kl_divergence():
    """How far the prediction is from the distribution."""
    return losses.KLDivergence()


def behind_a_sigmoid(logits, gradient_of):
    """Value, and gradient for the logit, of three losses whose target is 1: (logits,) each."""
    a = logits[:, None]

    def sigmoid(x):  # Keras on TensorFlow recognises its own sigmoid, and goes back to the logits
        return 1 / (1 + ops.exp(-x))

    given = {
        "square": (losses.MeanSquaredError(reduction="none"), sigmoid),
        "from probabilities": (losses.BinaryCrossentropy(reduction="none"), sigmoid),
        "from logits": (
            losses.BinaryCrossentropy(from_logits=True, reduction="none"),
            lambda x: x,
        ),
    }
    found = {}
    for name, (loss, output) in given.items():

        def of_logits(x, loss=loss, output=output):
            return loss(np.ones_like(a), output(x))

        found[name], (slopes,) = gradient_of(of_logits, [a], np.ones(len(a)))
        found[f"{name}: gradient"] = slopes[:, 0]
    return found


def agreement(distributions, labels, y, gradient_of):
    """Losses that are said to be the same, row by row."""
    t, one_hot = distributions, np.eye(y.shape[1], dtype=y.dtype)[labels]

    def rows(loss, targets):
        return ops.convert_to_numpy(loss(reduction="none")(targets, y))

    def gradient(loss, targets):
        _, (slopes,) = gradient_of(lambda y: loss()(targets, y), [y], np.ones(()))
        return slopes

    dense, sparse = losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy
    return {
        "cross-entropy": rows(dense, t),
        "KL divergence": rows(losses.KLDivergence, t),
        "entropy": -np.sum(t * np.log(t), axis=1),
        "categorical": rows(dense, one_hot),
        "sparse": rows(sparse, labels),
        "gradient, categorical": gradient(dense, one_hot),
        "gradient, sparse": gradient(sparse, labels),
    }


def build_model(loss):
    """784 pixels, 50 hidden units with ReLU, and a sigmoid that says yes or no."""
    model = keras.Sequential(
        [
            layers.Input((784,)),
            layers.Dense(50, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.SGD(), loss=loss, metrics=["accuracy"])
    return model


def learning(x, y, networks, batch_size, generator):
    """The same network learns by each loss, from the same weights, each image seen once.

    Returns: see the NumPy half.
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
