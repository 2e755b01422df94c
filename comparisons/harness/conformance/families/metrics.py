"""Metrics: the result after each of several batches."""

from collections.abc import Iterator
from functools import partial

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.metric_results import keras_results, named, results, sizes, sketch
from comparisons.harness.check.script import Sketch, construction
from comparisons.harness.conformance.families.trial import Calculation, Family, Trial, written
from comparisons.harness.conformance.metric_cases import CASES, MetricCase
from comparisons.harness.divergences import seen_on


def make(case: MetricCase, dtype: str | None = "float64"):
    """The case's metric of the NumPy half."""
    return getattr(rn.metrics, case.metric)(dtype=dtype, **case.arguments)


def make_keras(case: MetricCase, dtype: str | None):
    """The case's metric of Keras."""
    import keras

    return getattr(keras.metrics, case.metric)(dtype=dtype, **case.arguments)


def sketches(
    case: MetricCase, backend: str, dtype: str, name: str, right: np.ndarray, tolerance: float
) -> Iterator[Sketch]:
    """The result after as many batches as the quantity is of."""
    batches = case.batches[: int(name.rpartition(" ")[2])]
    given = [[written(x, dtype) for x in batch] for batch in batches]
    made = construction("keras.metrics", case.metric, case.arguments)
    yield sketch(made, given, backend, dtype, case.metric, right, tolerance)


def quantities(case: MetricCase, jitter=lambda array: array) -> dict:
    """The results by the NumPy half."""
    batches = [[jitter(x) if isinstance(x, np.ndarray) else x for x in b] for b in case.batches]
    return named(results(make(case), batches))


def keras_quantities(case: MetricCase, backend: str, dtype: str) -> dict:
    """The results by Keras."""
    # Some metrics take nothing else, whatever their dtype; the numbers are float32's in any case.
    precision = "float32" if seen_on(backend, case.diverges) else dtype
    batches = [
        [x.astype(precision) if getattr(x, "dtype", None) == "float64" else x for x in batch]
        for batch in case.batches
    ]
    return named(keras_results(make_keras(case, dtype), batches))


def trial(case: MetricCase, module, backend: str, dtype: str) -> Trial:
    """The results of a case's metric."""
    return Trial(
        Calculation(partial(quantities, case)),
        lambda: keras_quantities(case, backend, dtype),
        diverges=case.diverges,
        undecided=case.undecided,
        scales=sizes,
        sketches=partial(sketches, case, backend, dtype),
    )


FAMILY = Family([(case.metric, case.id, case) for case in CASES], trial)
