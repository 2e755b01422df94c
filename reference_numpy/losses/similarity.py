"""How much vectors point the same way."""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import DType
from reference_numpy.kernels.broadcasting import sum_to_shape
from reference_numpy.losses.loss import Loss


def unit_vectors(x, axis):
    """`(x / max(‖x‖, ε), max(‖x‖, ε))` along the axis, with ε = `config.epsilon()`."""
    length = np.sqrt((x * x).sum(axis=axis, keepdims=True))
    length = np.maximum(length, config.epsilon())
    return x / length, length


class CosineSimilarity(Loss):
    """−cos of the angle between target and prediction: −1 where they point the same way.

        −Σ t̂ ŷ,  t̂ = t / ‖t‖,  ŷ = y / ‖y‖        dy = (ŷ (t̂ · ŷ) − t̂) / ‖y‖

    Vectors shorter than ε = `config.epsilon()` are divided by ε: dy = −t̂ / ε.

    Shapes:
        y_true, y_pred: (batch, …, m)   values: (batch, …)

    Args:
        axis: the axis of the vectors' components.
    """

    lost_by_keras = ("axis",)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def forward(self, y_true, y_pred):
        """−Σ t̂ ŷ."""
        t, _ = unit_vectors(y_true, self.axis)
        y, length = unit_vectors(y_pred, self.axis)
        return -(t * y).sum(axis=self.axis), (t, y, length)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        t, y, length = cache
        dy = sum_to_shape(-np.expand_dims(dvalues, self.axis) * t, y.shape)
        along = (dy * y).sum(axis=self.axis, keepdims=True) * (length > config.epsilon())
        return (dy - y * along) / length
