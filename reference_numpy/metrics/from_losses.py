"""Losses taken as metrics: the mean of their values over everything taken in."""

from reference_numpy import losses
from reference_numpy.annotations import DType
from reference_numpy.metrics.reduction import MeanMetricWrapper


class MeanSquaredError(MeanMetricWrapper):
    """Mean of (y − t)²: see `losses.MeanSquaredError`."""

    direction = "down"

    def __init__(self, name: str | None = "mean_squared_error", dtype: DType = None):
        super().__init__(losses.mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """Mean of |y − t|: see `losses.MeanAbsoluteError`."""

    direction = "down"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: DType = None):
        super().__init__(losses.mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """Mean of 100 |y − t| / |t|: see `losses.MeanAbsolutePercentageError`."""

    direction = "down"

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: DType = None):
        super().__init__(losses.mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """Mean of (log(y + 1) − log(t + 1))²: see `losses.MeanSquaredLogarithmicError`."""

    direction = "down"

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: DType = None):
        super().__init__(losses.mean_squared_logarithmic_error, name, dtype)


class LogCoshError(MeanMetricWrapper):
    """Mean of log cosh (y − t): see `losses.LogCosh`."""

    direction = "down"

    def __init__(self, name: str | None = "logcosh", dtype: DType = None):
        super().__init__(losses.log_cosh, name, dtype)


class Hinge(MeanMetricWrapper):
    """Mean of max(1 − t y, 0): see `losses.Hinge`."""

    direction = "down"

    def __init__(self, name: str | None = "hinge", dtype: DType = None):
        super().__init__(losses.hinge, name, dtype)


class SquaredHinge(MeanMetricWrapper):
    """Mean of max(1 − t y, 0)²: see `losses.SquaredHinge`."""

    direction = "down"

    def __init__(self, name: str | None = "squared_hinge", dtype: DType = None):
        super().__init__(losses.squared_hinge, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """Mean of max(neg − pos + 1, 0): see `losses.CategoricalHinge`."""

    direction = "down"

    def __init__(self, name: str | None = "categorical_hinge", dtype: DType = None):
        super().__init__(losses.categorical_hinge, name, dtype)


class KLDivergence(MeanMetricWrapper):
    """Mean of Σ t log(t / y): see `losses.KLDivergence`."""

    direction = "down"

    def __init__(self, name: str | None = "kl_divergence", dtype: DType = None):
        super().__init__(losses.kl_divergence, name, dtype)


class Poisson(MeanMetricWrapper):
    """Mean of y − t log y: see `losses.Poisson`."""

    direction = "down"

    def __init__(self, name: str | None = "poisson", dtype: DType = None):
        super().__init__(losses.poisson, name, dtype)


class BinaryCrossentropy(MeanMetricWrapper):
    """Mean of the cross-entropy of yes and no: see `losses.BinaryCrossentropy`.

    Args:
        from_logits, label_smoothing: as in the loss.
    """

    direction = "down"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: DType = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ):
        super().__init__(
            losses.binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits, self.label_smoothing = from_logits, label_smoothing


class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean of −Σ t log y: see `losses.CategoricalCrossentropy`.

    Args:
        from_logits, label_smoothing, axis: as in the loss.
    """

    direction = "down"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: DType = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ):
        super().__init__(
            losses.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits, self.label_smoothing, self.axis = from_logits, label_smoothing, axis


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean of −log y of the class that is the case: see `losses.SparseCategoricalCrossentropy`.

    Args:
        from_logits, axis: as in the loss.
        ignore_class: the class number of entries that do not count.
    """

    direction = "down"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: DType = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        super().__init__(
            losses.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits, self.ignore_class, self.axis = from_logits, ignore_class, axis
