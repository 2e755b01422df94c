"""Which known divergence of Keras a difference is."""

from collections.abc import Iterable
from itertools import combinations

from comparisons.harness.check.imitations import has_size, left
from comparisons.harness.divergences import DIVERGENCES, Divergence
from comparisons.harness.proof.allowances import factor
from comparisons.harness.proof.calls import parts_of
from comparisons.harness.proof.checks import FACTOR
from reference_numpy import losses, metrics
from reference_numpy.layers.layer import Layer

# What differs after the first step, which no optimizer has changed.
THE_LOSS = "loss"


def of_training(
    optimizer: str,
    of: str,
    causes: dict[str, bool],
    backend: str,
    dtype: str,
    needed: float,
) -> Divergence | None:
    """The known divergence that explains a difference in training, or None.

    Args:
        optimizer: its class.
        of: the class of the layer whose weights differ, or `THE_LOSS`.
        causes: what may explain it, and whether it does: `stateful`, layers that keep states from
            batch to batch; `cut_off`, probabilities that are, which would make as large a
            difference; `log_cosh`, an output's loss; and each of the `IMITATED` trainings.
        needed: the error in units of the ordinary tolerance.
    """
    arguments = {"name": optimizer, "of": of, **causes}
    return _tightest(_explaining([("Optimizer", arguments)], backend, dtype, "", needed), dtype)


def of_layer(layer: Layer, one, backend: str, dtype: str) -> Divergence | None:
    """The known divergence that explains a difference, or None.

    Args:
        layer: the oracle's, whose parts may explain it too.
        one: the comparison, a `findings.Judged`.
    """
    training = bool(one.asked.reference.options.get("training"))
    called = {"masked": one.asked.masked, "training": training}
    parts = [(type(part).__name__, part.get_config() | called) for part in parts_of(layer)]
    return _of_comparison(parts, one, backend, dtype)


def of_metric(one, backend: str, dtype: str) -> Divergence | None:
    """The same of a comparison of a metric, whose reference is a `metrics.Measurement`."""
    measured, name = one.asked.reference, one.place.class_name
    arguments = {**_arguments(measured.metric), "name": name, "weighted": measured.weighted}
    return _of_comparison([("Metric", arguments)], one, backend, dtype)


def _arguments(metric: metrics.Metric) -> dict:
    """The constructor's arguments, and those of the loss that it is the mean of."""
    if type(metric) is not metrics.MeanMetricWrapper:
        return metric.get_config()
    loss = metric.fn if isinstance(metric.fn, losses.Loss) else metric.function("float64")
    return {**(loss.get_config() if loss else {}), **metric.get_config()}


def _of_comparison(parts, one, backend: str, dtype: str) -> Divergence | None:
    """The one that explains a difference; of two that do so together the one that explains more."""
    known = _explaining(parts, backend, dtype, one.name, one.record.needed)
    alone = {each.name: left([each.name], one, dtype) for each in known}
    explained = [each for each in known if alone[each.name] <= 1]
    if explained:
        return _tightest(explained, dtype)
    for both in combinations(known, 2):
        if left([each.name for each in both], one, dtype) <= 1:
            return min(both, key=lambda each: alone[each.name])
    return None


def _explaining(parts, backend: str, dtype: str, name: str, needed: float) -> list[Divergence]:
    """Those that concern a part and may be as large."""
    return [
        known
        for known in DIVERGENCES.values()
        if any(known.meets(backend, *part, dtype, name) for part in parts)
        and (has_size(known.name) or needed * FACTOR <= factor(known.shows, dtype))
    ]


def _tightest(found: Iterable[Divergence], dtype: str) -> Divergence | None:
    """The one that explains the least: up to a factor, or to what its cause gives."""

    def most(known: Divergence) -> tuple[float, bool]:
        return factor(known.shows, dtype), not has_size(known.name)

    return min(found, key=most, default=None)
