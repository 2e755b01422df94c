"""The share of predictions that are right."""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Array, ArrayLike, DType
from reference_numpy.losses.reduction import squeeze_or_expand_to_same_rank
from reference_numpy.metrics.reduction import MeanMetricWrapper


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 where prediction and target are equal, else 0."""
    y = np.asarray(y_pred)
    t, y = squeeze_or_expand_to_same_rank(np.asarray(y_true, y.dtype), y)
    return (t == y).astype(config.floatx())


def binary_accuracy(y_true: ArrayLike, y_pred: ArrayLike, threshold: float = 0.5) -> Array:
    """1 where the prediction lies above the threshold and the target is 1, or neither."""
    t, y = squeeze_or_expand_to_same_rank(np.asarray(y_true), np.asarray(y_pred))
    return (t == (y > threshold)).astype(config.floatx())


def categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 where the largest prediction and the largest target are the same class.

    Of several that are equally large the first counts.
    """
    matches = np.argmax(y_true, axis=-1) == np.argmax(y_pred, axis=-1)
    return matches.astype(config.floatx())


def sparse_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """1 where the largest prediction is that of the class y_true, shape (batch, …) or (…, 1)."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true[..., 0]
    matches = (y_true == y_pred.argmax(axis=-1)).astype(config.floatx())
    if matches.ndim > 1 and matches.shape[-1] == 1:
        matches = matches[..., 0]
    return matches


def sparse_top_k_categorical_accuracy(
    y_true: ArrayLike, y_pred: ArrayLike, k: int = 5, from_sorted_ids: bool = False
) -> Array:
    """1 where fewer than k classes have a larger prediction than the class y_true.

    A prediction that is NaN or infinite is among the top k nowhere, and nor is anything beside it.

    Args:
        y_true: class numbers, (batch, …).
        y_pred: predictions, (batch, …, classes); with `from_sorted_ids` class numbers, the best
            first.
        k: how many classes count.
        from_sorted_ids: see y_pred.
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    shape, y_pred = y_true.shape, y_pred.reshape(-1, y_pred.shape[-1])
    if from_sorted_ids:
        matches = (y_true.reshape(-1, 1) == y_pred[:, :k]).any(axis=1)
    else:
        labels, classes = y_true.reshape(-1).astype("int64"), y_pred.shape[-1]
        known = (labels >= 0) & (labels < classes) & np.isfinite(y_pred).all(axis=1)
        chosen = y_pred[np.arange(len(labels)), np.where(known, labels, 0)]
        matches = known & ((y_pred > chosen[:, None]).sum(axis=1) < k)
    return matches.reshape(shape).astype(config.floatx())


def top_k_categorical_accuracy(y_true: ArrayLike, y_pred: ArrayLike, k: int = 5) -> Array:
    """`sparse_top_k_categorical_accuracy` of one-hot targets."""
    return sparse_top_k_categorical_accuracy(np.argmax(y_true, axis=-1), y_pred, k)


class Accuracy(MeanMetricWrapper):
    """The share of numbers that equal their target."""

    direction = "up"

    def __init__(self, name: str | None = "accuracy", dtype: DType = None):
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(MeanMetricWrapper):
    """The share of right yeses and noes: y_pred > threshold against y_true, 0 or 1.

    Args:
        threshold: predictions above it are yeses.

    Source: Saito, Deep Learning from Scratch, section 3.6.2 (for classes).
    """

    direction = "up"

    def __init__(
        self, name: str | None = "binary_accuracy", dtype: DType = None, threshold: float = 0.5
    ):
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        self.threshold = threshold


class CategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is at the largest target (one-hot)."""

    direction, by_order = "up", True

    def __init__(self, name: str | None = "categorical_accuracy", dtype: DType = None):
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose largest prediction is that of the class given by its number.

    Source: Saito, Deep Learning from Scratch, section 3.6.2.
    """

    direction, by_order = "up", True

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: DType = None):
        super().__init__(sparse_categorical_accuracy, name, dtype)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose class is among the k largest predictions (one-hot targets).

    Args:
        k: how many predictions count.
    """

    direction = "up"

    def __init__(
        self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: DType = None
    ):
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)
        self.k = k


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The share of samples whose class is among the k largest predictions (class numbers).

    Args:
        k: how many predictions count.
        from_sorted_ids: whether y_pred holds class numbers, the best first, not predictions.
    """

    direction = "up"
    only_in_config_when_changed = ("from_sorted_ids",)

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: DType = None,
        from_sorted_ids: bool = False,
    ):
        super().__init__(
            sparse_top_k_categorical_accuracy, name, dtype, k=k, from_sorted_ids=from_sorted_ids
        )
        self.k, self.from_sorted_ids = k, from_sorted_ids
