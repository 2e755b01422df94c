"""Losses of regression: how far numbers are from numbers.

Every class says e(t, y) for one target t and one prediction y; the value of a sample is the mean
of e over its last axis, and the base reduces the samples' values to one number.
"""

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import DType
from reference_numpy.losses.loss import ElementwiseLoss


class HalfSumOfSquares(ElementwiseLoss):
    """½ Σ (y − t)² over the last axis, averaged over the batch: the textbooks' squared error.

        dy = y − t

    It is half of `MeanSquaredError` times the number of outputs. Keras does not have it.

    Source: Saito, Deep Learning from Scratch, section 4.2.1.
    """

    mean = False

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "half_sum_of_squares",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """½ (y − t)²."""
        error = y - t
        return 0.5 * error * error, error

    def df(self, cache):
        """y − t."""
        return cache


class MeanSquaredError(ElementwiseLoss):
    """e = (y − t)²,  e′ = 2 (y − t).

    Its unit is the square of the target's, and one outlier outweighs many small errors.

    Source: Goodfellow et al., Deep Learning (2016), section 5.1.4.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """(y − t)²."""
        error = y - t
        return error * error, error

    def df(self, cache):
        """2 (y − t)."""
        return 2.0 * cache


class MeanAbsoluteError(ElementwiseLoss):
    """e = |y − t|,  e′ = sign(y − t), which is 0 at y = t (TensorFlow's convention).

    In the target's own unit; its minimum is the median, so outliers weigh little.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """|y − t|."""
        error = y - t
        return np.abs(error), error

    def df(self, cache):
        """sign(y − t)."""
        return np.sign(cache)


class MeanAbsolutePercentageError(ElementwiseLoss):
    """e = 100 |y − t| / max(|t|, ε),  e′ = 100 sign(y − t) / max(|t|, ε): percent of the target.

    ε = `config.epsilon()` keeps a target of 0 finite. The derivative at y = t is 0.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """100 |y − t| / max(|t|, ε)."""
        error, size = y - t, np.maximum(np.abs(t), config.epsilon())
        return 100.0 * np.abs(error / size), (error, size)

    def df(self, cache):
        """100 sign(y − t) / max(|t|, ε)."""
        error, size = cache
        return 100.0 * np.sign(error) / size


class MeanSquaredLogarithmicError(ElementwiseLoss):
    """e = (log(y + 1) − log(t + 1))²,  e′ = 2 (log(y + 1) − log(t + 1)) / (y + 1).

    Relative rather than absolute errors count. Numbers below ε = `config.epsilon()` are taken as
    ε, so the derivative is 0 for y < ε.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """(log(y + 1) − log(t + 1))²."""
        epsilon = config.epsilon()
        difference = np.log(np.maximum(y, epsilon) + 1.0) - np.log(np.maximum(t, epsilon) + 1.0)
        return difference * difference, (difference, y)

    def df(self, cache):
        """2 (log(y + 1) − log(t + 1)) / (y + 1) for y ≥ ε, else 0."""
        difference, y = cache
        return 2.0 * difference / (np.maximum(y, config.epsilon()) + 1.0) * (y >= config.epsilon())


class Huber(ElementwiseLoss):
    """Squares near the target and straight lines beyond: e = ½ d² for |d| ≤ δ, else δ|d| − ½ δ².

        d = y − t        e′ = d for |d| ≤ δ, else δ sign(d)

    Args:
        delta: δ, in the target's unit: where an error begins to count as an outlier.

    Source: Huber, Robust Estimation of a Location Parameter (1964).
    """

    lost_by_keras = ("delta",)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)
        self.delta = delta

    def f(self, t, y):
        """½ d² or δ|d| − ½ δ²."""
        error, delta = y - t, float(self.delta)
        size = np.abs(error)
        far = delta * size - 0.5 * delta * delta
        return np.where(size <= delta, 0.5 * error * error, far), error

    def df(self, cache):
        """d cut off at ±δ."""
        return np.clip(cache, -float(self.delta), float(self.delta))


class LogCosh(ElementwiseLoss):
    """e = log cosh d with d = y − t,  e′ = tanh d: squares for small d, |d| − log 2 for large.

    Computed as |d| + log(1 + e^(−2|d|)) − log 2, which does not overflow.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """log cosh (y − t)."""
        error = y - t
        size = np.abs(error)
        return size + np.log1p(np.exp(-2.0 * size)) - float(np.log(2.0)), error

    def df(self, cache):
        """tanh(y − t)."""
        return np.tanh(cache)


class Poisson(ElementwiseLoss):
    """e = y − t log(y + ε),  e′ = 1 − t / (y + ε): counts t whose expected number is y > 0.

    The negative log-likelihood of Poisson's distribution, less the terms without y. ε is
    `config.epsilon()`.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: DType = None,
    ):
        super().__init__(name, reduction, dtype)

    def f(self, t, y):
        """y − t log(y + ε)."""
        shifted = y + config.epsilon()
        return y - t * np.log(shifted), (t, shifted)

    def df(self, cache):
        """1 − t / (y + ε)."""
        t, shifted = cache
        return 1.0 - t / shifted
