"""Batches of targets and predictions of many kinds."""

import numpy as np


def rounded(array):
    """Numbers that float32 and float64 both hold, so that both start from the same."""
    return np.asarray(array).astype("float32").astype("float64")


def draws(make, count=3, seed=5):
    """`count` batches from one generator, of different sizes."""
    generator = np.random.default_rng(seed)
    return [make(generator, size) for size in (4, 6, 3)[:count]]


def weighted(batches, kind="sample", seed=6):
    """The batches with random weights, one a sample or one a value."""
    generator = np.random.default_rng(seed)
    found = []
    for y_true, y_pred in batches:
        shape = np.shape(y_pred)[: 1 if kind == "sample" else -1]
        found.append((y_true, y_pred, rounded(generator.uniform(0.2, 2, shape))))
    return found


def real(generator, size):
    """Targets and predictions of any sign."""
    return rounded(generator.standard_normal((2, size, 3)))


def positive(generator, size):
    """Targets and predictions that have logarithms."""
    return rounded(generator.uniform(0.2, 3, (2, size, 3)))


def sequences(generator, size):
    """Vectors in sequences of four."""
    return rounded(generator.standard_normal((2, size, 4, 3)))


def distributions(generator, size):
    """Probabilities of four classes on both sides."""
    return rounded(generator.dirichlet(np.ones(4) * 2, (2, size)))


def one_hot(generator, size):
    """One of six classes, and its probabilities."""
    y_pred = rounded(generator.dirichlet(np.ones(6), size))
    return np.eye(6)[generator.integers(0, 6, size)], y_pred


def labels(generator, size):
    """The class as an integer."""
    y_pred = rounded(generator.dirichlet(np.ones(6), size))
    return generator.integers(0, 6, size), y_pred


def columns_of_labels(generator, size):
    """Integer classes with an axis of one entry."""
    y_true, y_pred = labels(generator, size)
    return y_true[:, None], y_pred


def sequences_of_labels(generator, size):
    """An integer class for each of four steps."""
    y_pred = rounded(generator.dirichlet(np.ones(6), (size, 4)))
    return generator.integers(0, 6, (size, 4)), y_pred


def sequences_of_one_hot(generator, size):
    """One of six classes for each of four steps."""
    y_true, y_pred = sequences_of_labels(generator, size)
    return np.eye(6)[y_true], y_pred


def binary(generator, size):
    """Three yes-or-no questions a sample."""
    return generator.integers(0, 2, (size, 3)) * 1.0, rounded(generator.random((size, 3)))


def binary_columns(generator, size):
    """Targets as a vector beside predictions as a column."""
    return generator.integers(0, 2, size), rounded(generator.random((size, 1)))


def digits(generator, size):
    """Three classes on both sides."""
    return generator.integers(0, 3, (size, 2)), generator.integers(0, 3, (size, 2))


def tied(generator, size):
    """Classes of which some are equally probable."""
    y_true, y_pred = labels(generator, size)
    return y_true, np.round(y_pred * 4) / 4


def not_finite(generator, size):
    """Predictions with a NaN, and with an infinity for the right class."""
    y_true, y_pred = labels(generator, size)
    y_pred[0, 1], y_pred[1, y_true[1]] = np.nan, np.inf
    return y_true, y_pred


def values(generator, size):
    """What is averaged, without targets."""
    return (rounded(generator.standard_normal((size, 2))),)


def ranked(generator, size):
    """The classes in the order of their probability."""
    y_pred = np.array([generator.permutation(6) for _ in range(size)]) * 1.0
    return generator.integers(0, 6, size), y_pred


def tied_one_hot(generator, size):
    """One of six classes, of which some are equally probable."""
    y_true, y_pred = one_hot(generator, size)
    return y_true, np.round(y_pred * 4) / 4


def beyond(batches):
    """The batches with predictions of 0, of 1 and outside of both."""
    return [(y_true, np.round(y_pred * 6 - 2) / 2) for y_true, y_pred in batches]


def valued(batches, seed=7):
    """The batches with a random weight for every single prediction."""
    generator = np.random.default_rng(seed)
    return [(*batch, rounded(generator.uniform(0.2, 2, batch[1].shape))) for batch in batches]


def logits_of(batches):
    """The batches with the logarithms of their predictions."""
    return [(batch[0], rounded(np.log(batch[1])), *batch[2:]) for batch in batches]
