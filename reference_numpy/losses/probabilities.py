"""What several losses do to predicted probabilities and to labels before they compare them."""

import numpy as np

from reference_numpy import config


def clip(y, low=None, high=None):
    """`y` cut off at ε and 1 − ε, and where it lay between: there the derivative is 1, else 0.

    ε is `config.epsilon()`. The bounds themselves count as between, as in TensorFlow.
    """
    low = config.epsilon() if low is None else low
    high = 1.0 - config.epsilon() if high is None else high
    clipped = np.minimum(np.maximum(y, low), high)
    return clipped, clipped == y


def normalize(y, axis):
    """`(y / Σ y, Σ y)` along the axis: probabilities that add up to 1."""
    total = y.sum(axis=axis, keepdims=True)
    return y / total, total


def normalize_backward(dp, p, total, axis):
    """The gradient with respect to y of p = y / Σ y: (dp − Σ dp p) / Σ y."""
    return (dp - (dp * p).sum(axis=axis, keepdims=True)) / total


def smooth(t, label_smoothing, classes):
    """Labels moved towards the uniform distribution: t (1 − s) + s / classes."""
    if not label_smoothing:
        return t
    return t * (1.0 - label_smoothing) + label_smoothing / classes


def class_indices(labels, classes, loss_name):
    """Labels as integers (fractions are cut off, as in Keras).

    Raises:
        ValueError: for a label that is no class.
    """
    indices = labels.astype("int64")
    wrong = indices.view("uint64") >= classes  # as is a negative number there
    if wrong.any():
        raise ValueError(
            f"Loss '{loss_name}': `y_true` contains the label {indices[wrong][0]}, which is "
            f"outside of the {classes} classes 0 to {classes - 1} of `y_pred`."
        )
    return indices
