"""The results of a metric after each of several batches, by both halves."""

from itertools import zip_longest

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.questions import hang_on
from comparisons.harness.check.script import Sketch

SET_MASK = "keras.src.backend.set_keras_mask"


def results(metric, batches, masks=()) -> list[np.ndarray]:
    """The NumPy half's result after each batch.

    Args:
        metric: the metric; it forgets nothing before.
        batches: the arguments of each `update_state`.
        masks: for each batch the mask that came with its outputs, or None; where there are none at
            all, nothing.
    """
    found = []
    for batch, mask in zip_longest(batches, masks):
        # As in Keras, the others do not look at masks.
        takes = mask is not None and isinstance(metric, rn.metrics.MeanMetricWrapper)
        found.append(np.array(metric(*batch, **{"mask": mask} if takes else {})))
    return found


def keras_results(metric, batches, masks=()) -> list[np.ndarray]:
    """Keras's; see `results`."""
    import keras

    found = []
    for batch, mask in zip_longest(batches, masks):
        if mask is not None:
            y_true, y_pred, *weights = batch
            y_pred = keras.ops.convert_to_tensor(y_pred)
            hang_on(y_pred, mask)
            batch = y_true, y_pred, *weights
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
    given: list[list[str]],
    backend: str,
    dtype: str,
    class_name: str,
    right: np.ndarray,
    tolerance: float,
    masks: list[str | None] = (),
) -> Sketch:
    """The result after some batches, for a script.

    Args:
        made: the call that makes the metric.
        given: the arguments of each `update_state`.
        backend, dtype, class_name, right, tolerance: those of a `Sketch`.
        masks: those of the outputs, as in `results`.
    """
    lines = [f"metric = {made}"]
    for arguments, mask in zip_longest(given, masks):
        if mask is not None:
            y_true, y_pred, *weights = arguments
            lines += [f"y = keras.ops.convert_to_tensor({y_pred})", f"{SET_MASK}(y, {mask})"]
            arguments = y_true, "y", *weights
        lines.append(f"metric.update_state({', '.join(arguments)})")
    how = tuple(lines), "metric.result()", right, tolerance
    return Sketch(backend, dtype, class_name, "result", *how)


def in_precision(dtype: str, batches: list[tuple]) -> list[tuple]:
    """The batches with what is floating in a precision."""
    return [
        tuple(x.astype(dtype, copy=False) if x.dtype.kind == "f" else x for x in batch)
        for batch in batches
    ]
