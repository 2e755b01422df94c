"""Other formulas than the oracle's of cross-entropy as a metric; `formulas.py` says of what."""

from collections.abc import Callable

import numpy as np

from comparisons.harness.check.changing import changed
from reference_numpy import metrics
from reference_numpy.losses.probabilities import clip


def counting_the_ignored(update_state: Callable) -> Callable:
    """What is ignored counts as zeros unless there are weights, or masks, which become some."""

    def other(self, y_true, y_pred, sample_weight=None, mask=None, on_logits=False):
        counted = sample_weight is None and mask is None
        owners = [metrics.MeanMetricWrapper] if counted else []
        with changed("_without_ignored", owners, lambda own: lambda self, *given: given[-1]):
            update_state(self, y_true, y_pred, sample_weight, mask, on_logits)

    return other


def divided_first(forward: Callable) -> Callable:
    """Probabilities are divided by their sum and then cut off, p = clip(y / Σ y)."""

    def other(self, y_true, y_pred):
        values, cache = forward(self, y_true, y_pred)
        if self.from_logits:
            return values, cache
        chosen, *_, valid = cache
        y = np.moveaxis(y_pred, self.axis, -1).reshape(-1, y_pred.shape[self.axis])
        p, _ = clip(y / y.sum(axis=-1, keepdims=True))
        values = -np.log(np.ravel(p)[chosen]).reshape(values.shape)
        return values if valid is None else np.where(valid, values, 0.0), cache

    return other
