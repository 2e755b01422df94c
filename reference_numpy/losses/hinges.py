"""Losses that are content once the right answer leads by a margin."""

import numpy as np

from reference_numpy.annotations import DType
from reference_numpy.kernels.broadcasting import sum_to_shape
from reference_numpy.losses.loss import ElementwiseLoss, Loss


def as_signs(t):
    """Labels 0 and 1 as −1 and 1; labels that hold anything else stay as they are."""
    return 2.0 * t - 1.0 if ((t == 0) | (t == 1)).all() else t


class Hinge(ElementwiseLoss):
    """e = max(1 − t y, 0) for t = ±1,  e′ = −t where 1 − t y ≥ 0, else 0.

    Labels that are all 0 or 1 are taken as −1 and 1. At the kink e′ is −t, TensorFlow's
    convention.

    Source: Cortes and Vapnik, Support-Vector Networks (1995).
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """max(1 − t y, 0)."""
        t = as_signs(t)
        margin = 1.0 - t * y
        return np.maximum(margin, 0.0), (t, margin)

    def df(self, cache):
        """−t where 1 − t y ≥ 0."""
        t, margin = cache
        return -t * (margin >= 0)


class SquaredHinge(ElementwiseLoss):
    """e = max(1 − t y, 0)² for t = ±1,  e′ = −2 t max(1 − t y, 0).

    Labels that are all 0 or 1 are taken as −1 and 1.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """max(1 − t y, 0)²."""
        t = as_signs(t)
        lack = np.maximum(1.0 - t * y, 0.0)
        return lack * lack, (t, lack)

    def df(self, cache):
        """−2 t max(1 − t y, 0)."""
        t, lack = cache
        return -2.0 * t * lack


class CategoricalHinge(Loss):
    """max(neg − pos + 1, 0), pos = Σ_k t_k y_k, neg = max_k (1 − t_k) y_k: one-hot t.

        dy_k = [k is the largest wrong class] − t_k where neg − pos + 1 ≥ 0, else 0

    Several largest wrong classes share the gradient evenly, as in TensorFlow.

    Shapes:
        y_true, y_pred: (batch, …, classes)   values: (batch, …)
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def forward(self, y_true, y_pred):
        """max(neg − pos + 1, 0)."""
        wrong = (1.0 - y_true) * y_pred
        neg = wrong.max(axis=-1, keepdims=True)
        lack = neg - (y_true * y_pred).sum(axis=-1, keepdims=True) + 1.0
        return np.maximum(lack, 0.0)[..., 0], (y_true, wrong == neg, lack, y_pred.shape)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        t, largest, lack, shape = cache
        share = largest / largest.sum(axis=-1, keepdims=True).astype(t.dtype)
        return sum_to_shape(dvalues[..., None] * (lack >= 0) * ((1.0 - t) * share - t), shape)
