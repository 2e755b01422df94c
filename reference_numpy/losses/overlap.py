"""How much a predicted region overlaps the true one: losses of segmentation."""

from collections.abc import Sequence

from reference_numpy import config
from reference_numpy.annotations import DType
from reference_numpy.losses.loss import Loss


class Dice(Loss):
    """1 − 2 Σ t y / (Σ t + Σ y + ε): one less Dice's coefficient of the two regions.

        dy = −2 t / D + 2 Σ t y / D²,   D = Σ t + Σ y + ε,  ε = `config.epsilon()`

    Shapes:
        y_true, y_pred: any, both the same   values: what `axis` leaves

    Args:
        axis: the axes of one region; None for all, which makes one value of the whole batch.

    Raises:
        ValueError: for targets and predictions of different shapes.

    Source: Milletari, Navab and Ahmadi, V-Net (2016).
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: int | Sequence[int] | None = None,
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.axis = axis

    def forward(self, y_true, y_pred):
        """One less the coefficient."""
        self.check_same_shape(y_true, y_pred)
        axis = _as_tuple(self.axis)
        overlap = (y_true * y_pred).sum(axis=axis, keepdims=True)
        size = y_true.sum(axis=axis, keepdims=True) + y_pred.sum(axis=axis, keepdims=True)
        size = size + config.epsilon()
        return 1.0 - (2.0 * overlap / size).squeeze(axis), (y_true, overlap, size)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        t, overlap, size = cache
        return dvalues.reshape(size.shape) * (2.0 * overlap / size - 2.0 * t) / size


class Tversky(Loss):
    """1 − I / (I + α M + β F + ε): a coefficient in which misses and false alarms have prices.

        I = Σ t y      M = Σ t (1 − y), what was missed      F = Σ (1 − t) y, what was false
        dy = −t / D + I (t − α t + β (1 − t)) / D²,   D = I + α M + β F + ε

    ε is `config.epsilon()`. With α = β = ½ it is `Dice`. Keras calls M the false positives and F
    the false negatives, which is the other way round: α is the price of what was missed, β that
    of false alarms.

    Shapes:
        y_true, y_pred: any, both the same   values: what `axis` leaves

    Args:
        alpha, beta: α and β, as above.
        axis: the axes of one region; None for all, which makes one value of the whole batch.

    Raises:
        ValueError: for targets and predictions of different shapes.

    Source: Salehi, Erdogmus and Gholipour, Tversky Loss Function for Image Segmentation (2017).
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: int | Sequence[int] | None = None,
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.alpha, self.beta, self.axis = alpha, beta, axis

    def forward(self, y_true, y_pred):
        """One less the index."""
        self.check_same_shape(y_true, y_pred)
        t, y, axis = y_true, y_pred, _as_tuple(self.axis)
        overlap = (t * y).sum(axis=axis, keepdims=True)
        missed = (t * (1.0 - y)).sum(axis=axis, keepdims=True)
        false = ((1.0 - t) * y).sum(axis=axis, keepdims=True)
        size = overlap + self.alpha * missed + self.beta * false + config.epsilon()
        return 1.0 - (overlap / size).squeeze(axis), (t, overlap, size)

    def backward(self, dvalues, cache):
        """dvalues times the gradient of each value."""
        t, overlap, size = cache
        growth = (1.0 - self.alpha) * t + self.beta * (1.0 - t)
        return dvalues.reshape(size.shape) * (overlap / size * growth - t) / size


def _as_tuple(axis):
    return tuple(axis) if isinstance(axis, list) else axis
