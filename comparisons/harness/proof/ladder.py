"""The ladder of proof for a concept: what it introduces, its demonstrations, its task."""

import contextlib
from collections.abc import Iterator
from types import ModuleType

import numpy as np

from comparisons.harness.catalogue import keras_half, reference_half
from comparisons.harness.concept import Concept, Demonstration, Introduced, Settings
from comparisons.harness.proof import allowances, checks, introduced, model_checks, training_checks
from comparisons.harness.proof.precision import PRECISIONS, pinned, precision


def check_by_itself(name: str, concept: Concept, settings: Settings) -> list[dict]:
    """Rung 1, which is the NumPy half's alone: its gradients against calculus."""
    records = []
    for thing in concept.introduces:
        if thing.arguments:
            with _told_of(thing):
                records += introduced.check_written_out(name, thing)
    if concept.task:
        records += model_checks.check_calculus(name, concept.task, settings)
    return [record.as_dict() for record in records]


@contextlib.contextmanager
def _told_of(thing: Introduced) -> Iterator[None]:
    """An error says which thing could not be proven."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"Introduced '{thing.name}': {type(error).__name__}: {error}") from error


def check(
    name: str, concept: Concept, column: str, backend: ModuleType, settings: Settings
) -> tuple[list[dict], dict[str, list[dict]]]:
    """Rungs 2 to 4 of one concept, the NumPy half against one Keras column.

    Returns:
        All records, and for each introduced thing the functions of the library that ran.
    """
    records, library = [], {}
    with pinned(backend):
        for thing in concept.introduces:
            if thing.arguments:
                with _told_of(thing):
                    found, library[thing.name] = introduced.check(name, thing, column, backend)
                records += found
        for demonstration in concept.demonstrations:
            records += check_demonstration(name, demonstration, column, backend)
        if concept.task:
            records += model_checks.check(name, concept.task, settings, column, backend)
            records += training_checks.check(name, concept.task, settings, column)
    if not records:
        reason = "the concept declares nothing to compare"
        records = [checks.Record(name, "", column, "", np.inf, 0.0, np.inf, False, reason)]
    return [record.as_dict() for record in records], library


def check_demonstration(
    name: str, demonstration: Demonstration, column: str, backend: ModuleType
) -> list[checks.Record]:
    """Both halves' functions on the same arguments, in float64 and float32."""
    arguments = demonstration.arguments(0) | demonstration.proven_with

    def cast(dtype, change=lambda array: array):
        return {
            key: change(value).astype(dtype)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
            else value
            for key, value in arguments.items()
        }

    def proven(found):
        kept = {key: value for key, value in found.items() if key not in demonstration.measured}
        return {key: np.asarray(value) for key, value in kept.items()}

    with precision("float64"):

        def oracle(jitter=lambda array: array):
            return proven(demonstration.run(reference_half(name), cast("float64", jitter), 0))

        exact = oracle()
        scale = checks.scales(oracle, exact)
    records = []
    for dtype in PRECISIONS:

        def run(dtype=dtype):
            with precision(dtype):
                return proven(demonstration.run(keras_half(name), cast(dtype), 0, backend))

        what = f"{name}: {demonstration.function}"
        known = {
            quantity: allowances.widened(column, *demonstration.subject(quantity), dtype)
            for quantity in (exact if demonstration.subject else ())
        }
        known = {quantity: exception for quantity, exception in known.items() if exception}
        records += checks.compare_run(what, column, dtype, exact, run, scale, known)
    return records
