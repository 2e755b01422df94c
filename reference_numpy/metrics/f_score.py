"""The harmonic mean of precision and recall."""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import DType
from reference_numpy.metrics.metric import Metric

AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """F_β = (1 + β²) P R / (β² P + R): precision P and recall R in one number, 0 to 1.

        P = tp / (tp + fp + ε)      R = tp / (tp + fn + ε),   ε = `config.epsilon()`

    Shapes:
        y_true, y_pred: (batch, classes), targets one-hot or with several yeses

    Args:
        average: None for one score a class; `"micro"` to count all classes together; `"macro"`
            for the classes' mean; `"weighted"` for their mean by how often they are the case.
        beta: β, a float above 0: how much more recall counts than precision.
        threshold: predictions above it are yeses; None makes the largest one of each sample the
            yes.

    Raises:
        ValueError: for another average, a beta or threshold that is no such float, or shapes of
            other than two axes.

    Source: van Rijsbergen, Information Retrieval (1979).
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: DType = None,
    ):
        super().__init__(name, dtype)
        if average not in AVERAGES:
            raise ValueError(
                f"Invalid `average` argument value. Expected one of {AVERAGES}. "
                f"Received: average={average}"
            )
        if not isinstance(beta, float) or beta <= 0.0:
            raise ValueError(
                f"Invalid `beta` argument value. It should be a float > 0. Received: beta={beta}"
            )
        if threshold is not None and not (isinstance(threshold, float) and 0.0 < threshold <= 1.0):
            raise ValueError(
                "Invalid `threshold` argument value. It should be a float with "
                f"0 < threshold <= 1. Received: threshold={threshold}"
            )
        self.average, self.beta, self.threshold = average, beta, threshold

    def build(self, shapes):
        """Make the counts for targets and predictions of these shapes."""
        if any(len(shape) != 2 for shape in shapes):
            raise ValueError(
                f"Metric '{self.name}' expects 2D inputs with shape (batch_size, output_dim). "
                f"Received: y_true.shape={shapes[0]}, y_pred.shape={shapes[1]}"
            )
        shape = () if self.average == "micro" else shapes[1][1:]
        self.true_positives = self.add_variable(shape, self.dtype)
        self.false_positives = self.add_variable(shape, self.dtype)
        self.false_negatives = self.add_variable(shape, self.dtype)
        self.intermediate_weights = self.add_variable(shape, self.dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        y_true, y_pred = np.asarray(y_true, self.dtype), np.asarray(y_pred, self.dtype)
        if not self.variables:
            self.build((y_true.shape, y_pred.shape))
        if self.threshold is None:
            # A sample of zeros has no yes at all.
            largest = y_pred.max(axis=-1, keepdims=True)
            y_pred = (y_pred >= largest) & (np.abs(y_pred) > 1e-9)
        else:
            y_pred = y_pred > self.threshold
        y_pred = y_pred.astype(self.dtype)
        weights = 1.0 if sample_weight is None else np.asarray(sample_weight, self.dtype)[:, None]
        axis = None if self.average == "micro" else 0
        self.true_positives += (y_pred * y_true * weights).sum(axis=axis)
        self.false_positives += (y_pred * (1.0 - y_true) * weights).sum(axis=axis)
        self.false_negatives += ((1.0 - y_pred) * y_true * weights).sum(axis=axis)
        self.intermediate_weights += (y_true * weights).sum(axis=axis)

    def result(self):
        """The score, or one a class."""
        tp, epsilon, square = self.true_positives, config.epsilon(), self.beta**2
        precision = tp / (tp + self.false_positives + epsilon)
        recall = tp / (tp + self.false_negatives + epsilon)
        score = precision * recall / (square * precision + recall + epsilon) * (1.0 + square)
        if self.average == "weighted":
            often = self.intermediate_weights
            return (score * (often / (often.sum() + epsilon))).sum()
        return score if self.average is None else score.mean()


class F1Score(FBetaScore):
    """F₁ = 2 P R / (P + R): `FBetaScore` with β = 1.

    Args:
        average, threshold: as in `FBetaScore`.
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: DType = None,
    ):
        super().__init__(average, 1.0, threshold, name, dtype)
