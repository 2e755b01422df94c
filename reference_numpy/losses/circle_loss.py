"""A loss of embeddings: pairs of one class close together, pairs of two classes apart."""

import numpy as np

from reference_numpy import activations
from reference_numpy.annotations import DType
from reference_numpy.losses.loss import Loss


class Circle(Loss):
    """log(1 + Σ_p e^{a_p} Σ_n e^{a_n}) for each sample, p its class mates and n all others.

    With the cosine distances D = max(1 − y yᵀ, 0) between all samples of the batch, whose rows y
    are of length 1, and the margin m:

        a_p = −γ max(m + D, 0) (m − D)          da_p = 2 γ D dD             (m + D ≥ 0)
        a_n =  γ max(1 + m − D, 0) (1 − m − D)  da_n = −2 γ (1 − D) dD      (1 + m − D ≥ 0)
        dy = −(dD + dDᵀ) y

    Samples whose loss is 0 (without a class mate, or all pairs in place) do not count in the mean.

    Shapes:
        y_true: (batch,) or (batch, 1), class numbers   y_pred: (batch, d)   values: (batch,)

    Args:
        gamma: γ, the scale of similarities.
        margin: m, between 0 and 1.
        remove_diagonal: whether a sample is no class mate of its own.

    Source: Sun et al., Circle Loss (2020).
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal

    def forward(self, y_true, y_pred):
        """log(1 + Σ e^{a_p} Σ e^{a_n})."""
        gamma, margin = self.gamma, self.margin
        labels = y_true.astype("int64").reshape(-1, 1)
        if y_pred.ndim != 2 or len(labels) != len(y_pred):
            raise ValueError(
                f"Loss '{self.name}' expects y_true of shape (batch,) and y_pred of shape "
                f"(batch, d). Received: y_true.shape={y_true.shape}, y_pred.shape={y_pred.shape}"
            )
        mates = labels == labels.T
        others = ~mates
        if self.remove_diagonal:
            mates &= ~np.eye(len(labels), dtype=bool)
        raw = 1.0 - y_pred @ y_pred.T
        distance = np.maximum(raw, 0.0)
        near = np.maximum(margin + distance, 0.0) * -gamma * (margin - distance)
        far = np.maximum(1.0 + margin - distance, 0.0) * gamma * (1.0 - margin - distance)
        near_sum, near_shares = log_sum_exp(near, mates)
        far_sum, far_shares = log_sum_exp(far, others)
        total = near_sum + far_sum
        values = np.logaddexp(total, 0.0)
        return values, (y_pred, raw, distance, near_shares, far_shares, total)

    def backward(self, dvalues, cache):
        """−(dD + dDᵀ) y."""
        y, raw, distance, near_shares, far_shares, total = cache
        dtotal = (dvalues * activations.sigmoid(total))[:, None]
        near = 2.0 * distance * (self.margin + distance >= 0)
        far = 2.0 * (1.0 - distance) * (1.0 + self.margin - distance >= 0)
        ddistance = self.gamma * dtotal * (near_shares * near - far_shares * far) * (raw >= 0)
        return -(ddistance + ddistance.T) @ y

    def compute_mask(self, values, cache):
        """The samples whose loss is above 0."""
        return values > 0


def log_sum_exp(a, where):
    """log Σ e^a over the entries of each row that count, and each entry's share in the sum.

    A row in which nothing counts has the sum log 0 = −∞ and no shares.
    """
    largest = np.max(a, axis=1, keepdims=True, where=where, initial=-np.inf)
    largest = np.where(np.isfinite(largest), largest, 0.0).astype(a.dtype)
    e = np.exp(np.where(where, a - largest, -np.inf))
    sums = e.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        logarithm = np.log(sums) + largest
    return logarithm[:, 0], e / np.where(sums > 0, sums, 1.0).astype(a.dtype)
