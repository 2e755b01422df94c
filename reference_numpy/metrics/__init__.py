"""Keras's metrics: numbers gathered batch by batch.

`metrics.MeanSquaredError()` is a metric; the functions, `metrics.mean_squared_error(y_true,
y_pred)`, are the values of the samples. Keras's loss functions are metrics too.
"""

from typing import Any

from reference_numpy import losses
from reference_numpy.annotations import Config
from reference_numpy.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from reference_numpy.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from reference_numpy.metrics.auc import AUC
from reference_numpy.metrics.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    PrecisionAtRecall,
    Recall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    TrueNegatives,
    TruePositives,
)
from reference_numpy.metrics.f_score import F1Score, FBetaScore
from reference_numpy.metrics.from_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from reference_numpy.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from reference_numpy.metrics.metric import Metric
from reference_numpy.metrics.reduction import Mean, MeanMetricWrapper, Sum
from reference_numpy.metrics.regression import (
    ConcordanceCorrelation,
    CosineSimilarity,
    PearsonCorrelation,
    R2Score,
    RootMeanSquaredError,
    concordance_correlation,
    pearson_correlation,
)
from reference_numpy.serialization import Family, find_own, serialize

_classes = [
    AUC,
    Accuracy,
    BinaryAccuracy,
    BinaryCrossentropy,
    BinaryIoU,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    CategoricalHinge,
    ConcordanceCorrelation,
    CosineSimilarity,
    F1Score,
    FBetaScore,
    FalseNegatives,
    FalsePositives,
    Hinge,
    IoU,
    KLDivergence,
    LogCoshError,
    Mean,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanIoU,
    MeanMetricWrapper,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    OneHotIoU,
    OneHotMeanIoU,
    PearsonCorrelation,
    Poisson,
    Precision,
    PrecisionAtRecall,
    R2Score,
    Recall,
    RecallAtPrecision,
    RootMeanSquaredError,
    SensitivityAtSpecificity,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    SpecificityAtSensitivity,
    SquaredHinge,
    Sum,
    TopKCategoricalAccuracy,
    TrueNegatives,
    TruePositives,
]
#: functions of targets and predictions with one value a sample
_functions: list[Any] = [
    binary_accuracy,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_accuracy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    concordance_correlation,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    pearson_correlation,
    poisson,
    sparse_categorical_accuracy,
    sparse_categorical_crossentropy,
    sparse_top_k_categorical_accuracy,
    squared_hinge,
    top_k_categorical_accuracy,
]
functions = {**losses.functions, **{function.__name__: function for function in _functions}}

_short_names = {
    "bce": BinaryCrossentropy,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
}
_short_names.update({name.upper(): cls for name, cls in list(_short_names.items())})
family = Family("keras.metrics", "metric", _classes, _short_names)


def deserialize(config: Config) -> Any:
    """A metric from Keras's config of it; that of a function gives the mean of its values."""
    if isinstance(config, dict) and config.get("class_name") == "function":
        return get(find_own(config) or functions.get(config["config"], config["config"]))
    return get(config)


def get(identifier: Any) -> Any:
    """A metric from its name, its config, its class, a function, or a metric; None stays None.

    `"accuracy"` is the share of numbers that equal their target; the kind that belongs to a
    model's output (binary, categorical, sparse) is chosen by the trainer, who knows the shapes.

    Raises:
        ValueError: for an unknown name.
    """
    if isinstance(identifier, dict) and identifier.get("class_name") == "function":
        return deserialize(identifier)
    metric = family.get(identifier)
    if metric is None or isinstance(metric, Metric):
        return metric
    name = metric.name if isinstance(metric, losses.Loss) else metric.__name__
    return MeanMetricWrapper(metric, name=name)


__all__ = [
    "Metric",
    "deserialize",
    "functions",
    "get",
    "serialize",
    *(cls.__name__ for cls in _classes),
]
__all__ += [function.__name__ for function in _functions]
