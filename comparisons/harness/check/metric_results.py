"""The results of a metric after each of several batches, by both halves."""

import numpy as np

from comparisons.harness.check.script import Sketch


def results(metric, batches) -> list[np.ndarray]:
    """The NumPy half's result after each batch.

    Args:
        metric: the metric; it forgets nothing before.
        batches: the arguments of each `update_state`.
    """
    return [np.array(metric(*batch)) for batch in batches]


def keras_results(metric, batches) -> list[np.ndarray]:
    """Keras's; see `results`."""
    import keras

    found = []
    for batch in batches:
        metric.update_state(*batch)
        # It may be the metric's own variable.
        result = keras.ops.copy(metric.result())
        found.append(np.asarray(keras.ops.convert_to_numpy(result)))
    return found


def named(found: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The results by the names that they are compared under."""
    return {f"result after batch {number}": value for number, value in enumerate(found, 1)}


def sizes(exact: dict[str, np.ndarray]) -> dict[str, float]:
    """The scale of each result, by its size.

    What is added up over the batches may cancel, so the largest result's size is that of all. It is
    1 at least, the size of the shares and of the logarithms' arguments that results are made of.
    """
    found = [float(np.fmax.reduce(np.abs(r), axis=None, initial=0.0)) for r in exact.values()]
    return dict.fromkeys(exact, max(1.0, *found))


def sketch(
    made: str,
    given: list[str],
    backend: str,
    dtype: str,
    class_name: str,
    right: np.ndarray,
    tolerance: float,
) -> Sketch:
    """The result after some batches, for a script.

    Args:
        made: the call that makes the metric.
        given: the arguments of each `update_state`.
        backend, dtype, class_name, right, tolerance: those of a `Sketch`.
    """
    lines = [f"metric = {made}", *(f"metric.update_state({arguments})" for arguments in given)]
    how = tuple(lines), "metric.result()", right, tolerance
    return Sketch(backend, dtype, class_name, "result", *how)
