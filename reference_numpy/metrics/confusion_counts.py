"""Counting hits and misses of yes-or-no predictions over many thresholds at once."""

import numpy as np

from reference_numpy import config
from reference_numpy.losses.reduction import squeeze_or_expand_to_same_rank

#: what a class outside of the top k is taken to have been given
NEVER = -1e10


def parse_thresholds(thresholds, default=0.5):
    """The thresholds as a list; ValueError for one outside of [0, 1]."""
    if thresholds is None:
        return [default]
    thresholds = list(thresholds) if isinstance(thresholds, (list, tuple)) else [thresholds]
    wrong = [t for t in thresholds if t is None or t < 0 or t > 1]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {wrong}")
    return thresholds


def even_thresholds(count):
    """`count` thresholds from 0 to 1, or 0.5 alone for one."""
    if count == 1:
        return [0.5]
    return [0.0, *((i + 1) * 1.0 / (count - 1) for i in range(count - 2)), 1.0]


def are_even(thresholds):
    """Whether three or more thresholds lie evenly between 0 and 1."""
    count = len(thresholds)
    return count >= 3 and np.allclose(
        thresholds, np.arange(count, dtype="float32") / (count - 1), atol=config.epsilon()
    )


def confusion_counts(
    y_true,
    y_pred,
    thresholds,
    evenly=False,
    sample_weight=None,
    top_k=None,
    class_id=None,
    per_label=False,
    label_weights=None,
    dtype=None,
):
    """How many predictions were right and wrong, of yeses and noes, at every threshold.

    A prediction is a yes where it lies above the threshold; any target but 0 is a yes.

    Args:
        y_true, y_pred: targets and predictions; all their entries are counted alike, unless
            `per_label`.
        thresholds: a list.
        evenly: whether they lie evenly between 0 and 1; then predictions are cut off at 0 and 1
            and sorted into the intervals between, which takes one pass for all thresholds.
        sample_weight: weight of each sample, or of each entry.
        top_k: only the k largest predictions of a sample can be yeses.
        class_id: only this class, the entry of the last axis, is counted.
        per_label: whether the entries of the last axis are counted apart.
        label_weights: weight of each entry of the last axis, unless `per_label`.
        dtype: dtype of predictions, thresholds and weights; the counts are in float64.

    Returns:
        `{"tp": …, "fp": …, "tn": …, "fn": …}`: arrays (thresholds,) or (thresholds, labels).

    Raises:
        ValueError: for a class that the predictions do not have.
    """
    dtype = dtype or config.floatx()
    y_pred, y_true = squeeze_or_expand_to_same_rank(
        np.asarray(y_pred, dtype), np.asarray(y_true, dtype)
    )
    if sample_weight is not None:
        _, sample_weight = squeeze_or_expand_to_same_rank(
            y_true, np.asarray(sample_weight, dtype)[..., None], expand_rank_1=False
        )
    if top_k is not None:
        y_pred = keep_top_k(y_pred, top_k)
    if class_id is not None:
        if y_pred.ndim == 1:
            raise ValueError(
                "When class_id is provided, y_pred must be a 2D array with shape (num_samples, "
                f"num_classes). Received: y_pred.shape={y_pred.shape}"
            )
        if class_id >= y_pred.shape[-1]:
            raise ValueError(
                f"class_id={class_id} is outside of the classes 0 to {y_pred.shape[-1] - 1} of "
                f"y_pred. Received: y_pred.shape={y_pred.shape}"
            )
        y_true, y_pred = y_true[..., class_id, None], y_pred[..., class_id, None]
    weights = np.ones(y_pred.shape, dtype)
    if sample_weight is not None:
        weights = weights * sample_weight
    if label_weights is not None and not per_label:
        weights = weights * np.asarray(label_weights, dtype)
    columns = (-1, y_pred.shape[-1]) if per_label else (-1, 1)
    is_yes = np.broadcast_to(y_true != 0, y_pred.shape).reshape(columns)
    y_pred, weights = y_pred.reshape(columns), weights.reshape(columns)
    count = _count_evenly if evenly else _count_above
    positives, negatives = is_yes * weights, ~is_yes * weights
    tp = count(y_pred, positives, np.asarray(thresholds, dtype))
    fp = count(y_pred, negatives, np.asarray(thresholds, dtype))
    counts = {
        "tp": tp,
        "fp": fp,
        "tn": negatives.sum(axis=0, dtype="float64") - fp,
        "fn": positives.sum(axis=0, dtype="float64") - tp,
    }
    return counts if per_label else {name: value[:, 0] for name, value in counts.items()}


def _count_above(y_pred, weights, thresholds):
    """Σ of the weights where the predictions lie above each threshold.

    In float64: what is left of a total must be 0, not a rounding, where nothing is left.
    """
    return np.stack(
        [((y_pred > threshold) * weights).sum(axis=0, dtype="float64") for threshold in thresholds]
    )


def _count_evenly(y_pred, weights, thresholds):
    """The same for even thresholds: each prediction is sorted into one interval (a, b]."""
    count = len(thresholds)
    intervals = np.ceil(np.clip(y_pred, 0.0, 1.0) * y_pred.dtype.type(count - 1)) - 1
    if thresholds[0] < 0.0 or thresholds[-1] > 1.0:
        # The outer thresholds leave some room, so that 0 lies above the first one.
        intervals = np.maximum(intervals, 0)
    intervals = intervals.astype("int64")
    counts = np.zeros((count, y_pred.shape[-1]))
    for label in range(y_pred.shape[-1]):
        above = intervals[:, label] >= 0
        found = np.bincount(intervals[above, label], weights[above, label], minlength=count)
        counts[:, label] = found[::-1].cumsum()[::-1]
    return counts


def keep_top_k(x, k):
    """x, and `NEVER` outside of the k largest of the last axis; of ties the first ones stay."""
    order = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    kept = np.full_like(x, NEVER)
    np.put_along_axis(kept, order, np.take_along_axis(x, order, -1), -1)
    return kept
