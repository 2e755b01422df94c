"""How a task is scored: what is measured, in which unit, and which way is better."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from comparisons.harness.bilingual import Words


@dataclass(frozen=True)
class Score:
    """One measure of a trained model.

    Args:
        key: its name in results and, where `fit` computes it too, in the history.
        name: what it is called.
        function: function of the targets and of what the model predicts, to one number.
        unit: `"%"` for a share of one, which is then written in percent; else the unit's name.
        larger_is_better: which way is better.
        margin: the largest difference, in the score's own unit (a share for `"%"`), that does not
            matter; two halves that differ surely by less are equivalent.
    """

    key: str
    name: Words
    function: Callable[[np.ndarray, np.ndarray], float]
    unit: str = ""
    larger_is_better: bool = True
    margin: float = 0.01

    def gap(self, train: float, validation: float) -> float:
        """How much better the score is on the training than on the validation data."""
        return train - validation if self.larger_is_better else validation - train


def labels(y: np.ndarray) -> np.ndarray:
    """Class numbers from one-hot rows or from class numbers."""
    return np.argmax(y, axis=-1) if np.ndim(y) == 2 and np.shape(y)[1] > 1 else np.reshape(y, -1)


def _is_binary(predictions: np.ndarray) -> bool:
    return predictions.size == len(predictions)


def accuracy(y: np.ndarray, predictions: np.ndarray) -> float:
    """Share of the rows whose most probable class is the right one."""
    if _is_binary(predictions):
        return float(np.mean((predictions.reshape(-1) > 0.5) == labels(y)))
    return float(np.mean(predictions.argmax(axis=-1) == labels(y)))


def cross_entropy(y: np.ndarray, predictions: np.ndarray) -> float:
    """Mean of −log p of the right class, in nats; no number where a training run has diverged."""
    if not np.isfinite(predictions).all():
        return float("nan")
    if _is_binary(predictions):
        return float(log_loss(labels(y).astype(int), predictions.reshape(-1), labels=[0, 1]))
    rows = predictions / predictions.sum(axis=1, keepdims=True)
    return float(log_loss(labels(y), rows, labels=np.arange(rows.shape[1])))


def balanced_accuracy(y: np.ndarray, predictions: np.ndarray) -> float:
    """Mean over the classes that there are of the share of their rows that is told right."""
    right = predictions.argmax(axis=-1) == labels(y)
    return float(np.mean([right[labels(y) == label].mean() for label in np.unique(labels(y))]))


def r_squared(y: np.ndarray, predictions: np.ndarray) -> float:
    """Share of the variance that is told: 1 − mean squared error over the variance of y."""
    y, predictions = np.reshape(y, -1), np.reshape(predictions, -1)
    variance = np.var(y)
    return float(1 - np.mean((y - predictions) ** 2) / variance) if variance else float("nan")


def mean_absolute_error(y: np.ndarray, predictions: np.ndarray) -> float:
    """Mean distance between answer and prediction."""
    return float(np.mean(np.abs(np.reshape(y, -1) - np.reshape(predictions, -1))))


ACCURACY = Score("accuracy", ("accuracy", "正解率"), accuracy, unit="%")
LOG_LOSS = Score(
    "log_loss",
    ("log loss", "対数損失"),
    cross_entropy,
    unit="nats",
    larger_is_better=False,
    margin=0.05,
)
ROC_AUC = Score(
    "roc_auc",
    ("area under the ROC curve", "ROC曲線下面積（AUC）"),
    lambda y, predictions: float(roc_auc_score(labels(y), predictions.reshape(-1))),
)
MEAN_SQUARED_ERROR = Score(
    "mean_squared_error",
    ("mean squared error", "平均二乗誤差"),
    lambda y, predictions: float(np.mean((y - predictions) ** 2)),
    larger_is_better=False,
)
BALANCED_ACCURACY = Score(
    "balanced_accuracy",
    ("balanced accuracy", "クラスごとの正解率の平均"),
    balanced_accuracy,
    unit="%",
)
R_SQUARED = Score("r_squared", ("R²", "決定係数R²"), r_squared, margin=0.02)
MEAN_ABSOLUTE_ERROR = Score(
    "mean_absolute_error",
    ("mean absolute error", "平均絶対誤差"),
    mean_absolute_error,
    larger_is_better=False,
)
