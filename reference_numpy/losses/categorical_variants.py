"""Cross-entropies of several classes that weigh samples otherwise than the plain one."""

from collections.abc import Sequence

import numpy as np

from reference_numpy import activations
from reference_numpy.annotations import DType
from reference_numpy.losses.categorical import check_axis
from reference_numpy.losses.loss import Loss
from reference_numpy.losses.probabilities import (
    class_indices,
    clip,
    normalize,
    normalize_backward,
    smooth,
)


class CategoricalFocalCrossentropy(Loss):
    """−Σ_k α (1 − p_k)^γ t_k log p_k: cross-entropy in which the easy classes count little.

    p is y / Σ y (softmax of the logits, with `from_logits`), cut off at ε and 1 − ε:

        dp_k = α t_k (γ (1 − p_k)^(γ−1) log p_k − (1 − p_k)^γ / p_k), 0 beyond the bounds
        dy = (dp − Σ dp p) / Σ y                and through softmax, with `from_logits`

    Shapes:
        y_true, y_pred: (batch, …, classes), both the same   values: (batch, …)

    Args:
        alpha: α, a number or one a class.
        gamma: γ, 0 or more.
        from_logits: whether `y_pred` are logits rather than probabilities.
        label_smoothing: s in [0, 1]: targets become t (1 − s) + s / classes.
        axis: the axis of the classes.

    Raises:
        ValueError: for targets and predictions of different shapes.

    Source: Lin et al., Focal Loss for Dense Object Detection (2017).
    """

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.alpha = alpha
        self.gamma = gamma
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = check_axis(axis)

    def forward(self, y_true, y_pred):
        """−Σ α (1 − p)^γ t log p."""
        self.check_same_shape(y_true, y_pred)
        axis = self.axis
        t = smooth(y_true, self.label_smoothing, y_true.shape[axis])
        y, softmax_cache = y_pred, None
        if self.from_logits:
            y, softmax_cache = activations.Softmax(axis).forward(y)
        p, sums = normalize(y, axis)
        clipped, inside = clip(p)
        alpha = np.asarray(self.alpha, t.dtype)
        values = -(alpha * (1.0 - clipped) ** self.gamma * t * np.log(clipped)).sum(axis=axis)
        return values, (t, p, sums, clipped, inside, alpha, softmax_cache)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        t, p, sums, clipped, inside, alpha, softmax_cache = cache
        rest = 1.0 - clipped
        dp = -(rest**self.gamma) / clipped
        if self.gamma:
            dp += self.gamma * rest ** (self.gamma - 1.0) * np.log(clipped)
        dp = np.expand_dims(dvalues, self.axis) * alpha * t * dp * inside
        dy = normalize_backward(dp, p, sums, self.axis)
        if self.from_logits:
            dy = activations.Softmax(self.axis).backward(dy, softmax_cache)
        return dy


class CategoricalGeneralizedCrossEntropy(Loss):
    """(1 − p^q) / q where p is the probability given to the class that is the case.

        dy_k = −p^(q−1) for that class k, else 0

    Between cross-entropy (q → 0) and absolute error (q → 1), it minds wrong labels less than the
    first.

    Shapes:
        y_true: (batch, …) or (batch, …, 1), integers   y_pred: (batch, …, classes)
        values: (batch, …)

    Args:
        q: between 0 and 1, both excluded.

    Raises:
        ValueError: for another q, or a label that is no class.

    Source: Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks
    with Noisy Labels (2018).
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: DType = None,
    ):
        if not 0 < q < 1:
            raise ValueError(f"q must be in the interval (0, 1). Received: q={q}")
        super().__init__(name, reduction, dtype)
        self.q = q

    def forward(self, y_true, y_pred):
        """(1 − p^q) / q."""
        labels = y_true
        if labels.ndim == y_pred.ndim and labels.shape[-1] == 1:
            labels = labels[..., 0]
        k = class_indices(labels, y_pred.shape[-1], self.name)[..., None]
        p = np.take_along_axis(y_pred, k, -1)
        return ((1.0 - p**self.q) / self.q)[..., 0], (k, p, y_pred.shape)

    def backward(self, dvalues, cache):
        """−p^(q−1) at the class that is the case."""
        k, p, shape = cache
        dy = np.zeros(shape, p.dtype)
        np.put_along_axis(dy, k, -dvalues[..., None] * p ** (self.q - 1.0), -1)
        return dy
