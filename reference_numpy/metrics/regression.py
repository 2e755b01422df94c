"""Metrics of regression that are no mean of a loss."""

import warnings

import numpy as np

from reference_numpy import config
from reference_numpy.annotations import Array, ArrayLike, DType
from reference_numpy.losses.reduction import squeeze_or_expand_to_same_rank
from reference_numpy.losses.similarity import unit_vectors
from reference_numpy.metrics.metric import Metric
from reference_numpy.metrics.reduction import Mean, MeanMetricWrapper


class RootMeanSquaredError(Mean):
    """√ mean (y − t)²: in the target's own unit."""

    direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: DType = None):
        super().__init__(name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(
            np.asarray(y_true, self.dtype), np.asarray(y_pred, self.dtype)
        )
        error = y_pred - y_true
        super().update_state(error * error, sample_weight)

    def result(self):
        """The root of the mean."""
        return np.sqrt(super().result())


def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """Σ t̂ ŷ: the cosine of the angle between target and prediction."""
    y_true, y_pred = in_one_rank(y_true, y_pred)
    return (unit_vectors(y_true, axis)[0] * unit_vectors(y_pred, axis)[0]).sum(axis=axis)


def pearson_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """Pearson's ρ along the axis: mean of (t − t̄)(y − ȳ) / (σ_t σ_y); NaN where one is constant."""
    pair = in_one_rank(y_true, y_pred)
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = [
            (y - y.mean(axis=axis, keepdims=True)) / y.std(axis=axis, keepdims=True) for y in pair
        ]
    return (scores[0] * scores[1]).mean(axis=axis)


def concordance_correlation(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """Lin's concordance along the axis: mean of 2 (t − ȳ)(y − ȳ) / (σ_t² + σ_y² + (t̄ − ȳ)² + ε)."""
    t, y = in_one_rank(y_true, y_pred)
    t_mean, y_mean = t.mean(axis=axis, keepdims=True), y.mean(axis=axis, keepdims=True)
    spread = t.var(axis=axis, keepdims=True) + y.var(axis=axis, keepdims=True)
    spread = spread + (t_mean - y_mean) ** 2 + config.epsilon()
    return (2.0 * (t - y_mean) * (y - y_mean) / spread).mean(axis=axis)


def in_one_rank(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[Array, Array]:
    """Targets and predictions in the predictions' dtype, (n,) beside (n, 1) as (n, 1)."""
    y_pred = np.asarray(y_pred)
    if y_pred.dtype.kind != "f":
        y_pred = y_pred.astype(config.floatx())
    return squeeze_or_expand_to_same_rank(np.asarray(y_true, y_pred.dtype), y_pred)


class CosineSimilarity(MeanMetricWrapper):
    """Mean cosine of the angle between target and prediction: 1 where they point the same way.

    Args:
        axis: the axis of the vectors' components.
    """

    direction = "up"
    lost_by_keras = ("axis",)

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: DType = None,
        axis: int = -1,
    ):
        super().__init__(cosine_similarity, name, dtype, axis=axis)
        self.axis = axis


class PearsonCorrelation(MeanMetricWrapper):
    """Mean over the samples of Pearson's correlation between target and prediction.

        ρ = mean (t − t̄)(y − ȳ) / (σ_t σ_y)

    Args:
        axis: the axis along which they are correlated.

    Source: Pearson, Notes on Regression and Inheritance (1895).
    """

    direction = "up"

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: DType = None,
        axis: int = -1,
    ):
        super().__init__(pearson_correlation, name, dtype, axis=axis)
        self.axis = axis


class ConcordanceCorrelation(MeanMetricWrapper):
    """Mean over the samples of Lin's concordance between target and prediction.

        2 cov(t, y) / (σ_t² + σ_y² + (t̄ − ȳ)²)

    Unlike Pearson's ρ it also falls where the predictions have another mean or spread.

    Args:
        axis: the axis along which they are correlated.

    Source: Lin, A Concordance Correlation Coefficient to Evaluate Reproducibility (1989).
    """

    direction = "up"

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: DType = None,
        axis: int = -1,
    ):
        super().__init__(concordance_correlation, name, dtype, axis=axis)
        self.axis = axis


class R2Score(Metric):
    """R² = 1 − Σ (t − y)² / Σ (t − t̄)²: the share of the targets' variance that is explained.

    A target that is constant has the score 0 (NaN if it was met exactly).

    Shapes:
        y_true, y_pred: (batch, outputs)

    Args:
        class_aggregation: None for one score an output, `"uniform_average"` for their mean,
            `"variance_weighted_average"` for their mean by the targets' variances.
        num_regressors: p, how many variables predict; with p > 0 the score is the adjusted one,
            1 − (1 − R²)(n − 1) / (n − p − 1), where there are more than p + 1 numbers.

    Raises:
        ValueError: for another aggregation, p below 0, or shapes of other than two axes.
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: DType = None,
    ):
        super().__init__(name, dtype)
        aggregations = (None, "uniform_average", "variance_weighted_average")
        if class_aggregation not in aggregations:
            raise ValueError(
                "Invalid value for argument `class_aggregation`. Expected one of "
                f"{aggregations}. Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Invalid value for argument `num_regressors`. Expected a value >= 0. "
                f"Received: num_regressors={num_regressors}"
            )
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self.num_samples = self.add_variable()

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in one batch."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(
            np.asarray(y_true, self.dtype), np.asarray(y_pred, self.dtype)
        )
        if len(self.variables) == 1:
            if y_true.ndim != 2 or y_pred.ndim != 2:
                raise ValueError(
                    f"Metric '{self.name}' expects 2D inputs with shape (batch_size, "
                    f"output_dim). Received: y_true.shape={y_true.shape}, "
                    f"y_pred.shape={y_pred.shape}"
                )
            names = ("squared_sum", "sum", "total_mse", "count")
            for name in names:
                setattr(self, name, self.add_variable(y_pred.shape[1:]))
        weights = np.ones((), self.dtype)
        if sample_weight is not None:
            weights = np.asarray(sample_weight, self.dtype)
            weights = weights[:, None] if weights.ndim == 1 else weights
        weights = np.broadcast_to(weights, y_true.shape)
        self.sum += (y_true * weights).sum(axis=0)
        self.squared_sum += (y_true * y_true * weights).sum(axis=0)
        self.total_mse += ((y_true - y_pred) ** 2 * weights).sum(axis=0)
        self.count += weights.sum(axis=0)
        self.num_samples += y_true.size

    def result(self):
        """The score, or one an output."""
        with np.errstate(invalid="ignore", divide="ignore"):
            total = self.squared_sum - self.sum * (self.sum / self.count)
            scores = 1.0 - self.total_mse / total
            scores = np.where(np.isinf(scores), scores.dtype.type(0.0), scores)
            if self.class_aggregation == "uniform_average":
                scores = scores.mean()
            elif self.class_aggregation == "variance_weighted_average":
                scores = (total * scores).sum() / total.sum()
        return self.adjusted(scores) if self.num_regressors else scores

    def adjusted(self, scores):
        """The scores less what so many regressors would explain by chance."""
        spare = float(self.num_samples) - self.num_regressors - 1.0
        if spare > 0:
            return 1.0 - (1.0 - scores) * (float(self.num_samples) - 1.0) / spare
        warnings.warn(
            f"Metric '{self.name}': {int(self.num_samples)} numbers are too few to adjust the R2 "
            f"score for {self.num_regressors} regressors. Falling back to the standard R2 score.",
            stacklevel=3,
        )
        return scores
