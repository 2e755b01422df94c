"""Keras's metrics: numbers gathered batch by batch."""

from reference_numpy import losses
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
from reference_numpy.metrics.from_losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
)
from reference_numpy.metrics.metric import Metric
from reference_numpy.metrics.reduction import Mean, MeanMetricWrapper, Sum
from reference_numpy.serialization import Family

_classes = [
    Accuracy,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    KLDivergence,
    LogCoshError,
    Mean,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanMetricWrapper,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    Sum,
    TopKCategoricalAccuracy,
]
#: functions of targets and predictions with one value a sample, by name; Keras's loss functions
#: are metrics too
functions = {
    **losses.functions,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
}

_short_names = {
    "bce": BinaryCrossentropy,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
}
_short_names.update({name.upper(): cls for name, cls in list(_short_names.items())})
family = Family("keras.metrics", "metric", _classes, _short_names)


def deserialize(config):
    """A metric from Keras's config of it; that of a function gives the mean of its values."""
    if isinstance(config, dict) and config.get("class_name") == "function":
        config = functions.get(config["config"], config["config"])
    return get(config)


def get(identifier):
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


__all__ = ["Metric", "deserialize", "functions", "get", *(cls.__name__ for cls in _classes)]
__all__ += ["binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"]
__all__ += ["sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy"]
