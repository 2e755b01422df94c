"""The results of a metric on few numbers, for the script of a finding."""

from collections.abc import Iterator

import reference_numpy as rn
from comparisons.harness.check.metric_results import in_precision, sketch
from comparisons.harness.check.script import Numbers, Sketch, construction, expression, telling
from comparisons.harness.proof import checks
from reference_numpy import losses

# Which entries along every axis but the last a script is tried with; padding comes last.
CUTS = *(cut for few in (1, 2, 4) for cut in (slice(few), slice(-few, None))), slice(None)


def sketches(measurement, backend: str, dtype: str) -> Iterator[Sketch]:
    """The result after one batch, then after all; of a few numbers first.

    Args:
        measurement: the metric and what it is given, a `metrics.Measurement` in float64.
        backend, dtype: those of a `Sketch`.
    """
    metric = measurement.metric
    made, unit = _made(metric), checks.UNIT_ROUNDOFF[dtype]
    for cut in CUTS:
        axes = max(measurement.batches[0][1].ndim - 1, 1)
        batches = [_cut(cut, axes, batch) for batch in measurement.batches]
        masks = _cut(cut, axes, measurement.masks)
        for count in range(1, len(batches) + 1):
            alone = type(measurement)(metric, batches[:count], masks[:count], "float64")
            try:
                exact = alone.quantities()
            except ValueError:  # of fewer classes, say, than there are
                continue
            last = f"result after batch {count}"
            tolerance = checks.FACTOR * unit * alone.scale(exact)[last]
            given = [
                [str(Numbers(x)) for x in batch] for batch in in_precision(dtype, batches[:count])
            ]
            masked = [str(Numbers(mask)) for mask in masks[:count]]
            how = backend, dtype, kind(metric), exact[last], tolerance
            yield sketch(made, given, *how, masked)


def kind(metric: rn.metrics.Metric) -> str:
    """The name of a metric's class, or of the function or the loss that it is the mean of."""
    if type(metric) is not rn.metrics.MeanMetricWrapper:
        return type(metric).__name__
    return getattr(metric.fn, "__name__", type(metric.fn).__name__)


def _cut(cut: slice, axes: int, arrays) -> tuple:
    """The arrays with few entries along the first axes, as many as they have of these."""
    return tuple(x[(cut,) * min(x.ndim, axes)] for x in arrays)


def _made(metric: rn.metrics.Metric) -> str:
    """The call that makes a metric of Keras."""
    if type(metric) is not rn.metrics.MeanMetricWrapper:
        arguments = telling(type(metric), metric.get_config())
        return construction("keras.metrics", type(metric).__name__, arguments)
    others = "".join(f", {name}={expression(x)}" for name, x in metric.fn_arguments.items())
    return f"keras.metrics.MeanMetricWrapper({_function(metric.fn)}{others})"


def _function(fn) -> str:
    """What a metric is the mean of: a function of Keras, or a loss."""
    if isinstance(fn, losses.Loss):
        name = type(fn).__name__
        return construction("keras.losses", name, telling(type(fn), fn.get_config()))
    module = "losses" if isinstance(fn, losses.LossFunction) else "metrics"
    return f"keras.{module}.{fn.__name__}"
