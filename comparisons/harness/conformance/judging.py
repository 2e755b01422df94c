"""Judge the cases of one class on one backend, in the backend's own process."""

from dataclasses import asdict, dataclass

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.answers import reason
from comparisons.harness.check.findings import Judged, is_convention
from comparisons.harness.check.known import of_layer
from comparisons.harness.check.questions import LOCAL, Asked, Place
from comparisons.harness.conformance import layer_cases, operation_cases
from comparisons.harness.conformance.references import build_keras_layer, make_reference
from comparisons.harness.divergences import Divergence
from comparisons.harness.proof import allowances, checks
from comparisons.harness.proof.layer_checks import Reference, keras_quantities
from comparisons.harness.proof.precision import computing_in, reference_precision
from reference_numpy import tree

LAYER, OPERATION = "layer", "operation"
UNDEFINED = {"EmptyLike"}  # what it gives is whatever the memory held
AS_FLOAT32 = "no more digits than in float32"
PASSED, CONVENTION, KNOWN, REFUSED, NEW = VERDICTS = (
    *("passed", "convention", "known divergence", "refused", "new"),
)


@dataclass(frozen=True)
class Row:
    """What came of one case.

    Args:
        case: its name in the table.
        verdict: one of `VERDICTS`.
        quantity: that of the largest error in units of its tolerance.
        error, tolerance, needed: the largest difference, the largest that rounding explains, and
            the first in units of the second.
        reason: the divergence that it is, or why the backend refused it.
    """

    case: str
    verdict: str
    quantity: str = ""
    error: float = 0.0
    tolerance: float = 0.0
    needed: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Subject:
    """A class of Keras, and its cases.

    Args:
        family: `LAYER` or `OPERATION`.
        cases: of a layer `(case, training)`, of an operation the case.
    """

    name: str
    family: str
    cases: tuple


def subjects() -> dict[str, Subject]:
    """Every class that has cases, the layers first, by name."""
    found = {}
    for case in layer_cases.CASES:
        cases = [(case, training) for training in case.training]
        found.setdefault((LAYER, case.layer), []).extend(cases)
    for case in operation_cases.CASES:
        if (name := case.name.partition("-")[0]) not in UNDEFINED:
            found.setdefault((OPERATION, name), []).append(case)
    layers = {name for family, name in found if family == LAYER}
    return {
        # `keras.layers.Dropout` and the operation of that name are two classes.
        f"ops.{name}" if family == OPERATION and name in layers else name: Subject(
            name, family, tuple(cases)
        )
        for (family, name), cases in found.items()
    }


def judge(worker, name: str, dtype: str, progress) -> list[dict]:
    """The rows of a class in one precision, as plain values.

    Args:
        name: as in `subjects`.
    """
    subject = subjects()[name]
    judge_case = {LAYER: _layer, OPERATION: _operation}[subject.family]
    backend = worker.implementation.removeprefix("keras-")
    rows = []
    for number, case in enumerate(subject.cases, 1):
        rows.append(asdict(judge_case(case, worker.backend, backend, dtype)))
        progress(number, len(subject.cases))
    return rows


def _layer(case_and_mode, module, backend: str, dtype: str) -> Row:
    case, training = case_and_mode
    name = f"{case.id}, {'training' if training else 'inference'}"
    precision, why = allowances.best_precision(f"keras-{backend}", case.layer, case.arguments)
    if (dtype, precision) == ("float64", "float32"):
        return Row(name, REFUSED, reason=why)
    exact = make_reference(case, "float64", training)
    given = exact
    if dtype != "float64":  # the NumPy half stays in float64: the rounding is all Keras's own
        given = make_reference(case, dtype, training, weights=exact.start)

    def theirs():
        return keras_quantities(module, build_keras_layer(case, dtype), given)

    return _row(name, exact, theirs, module, backend, dtype)


def _operation(case, module, backend: str, dtype: str) -> Row:
    try:
        with computing_in(module, "float64"):
            ours = rn.models.from_keras(case.keras_model("float64"))
    except Exception as error:
        return Row(case.name, REFUSED, reason=reason(error))
    inputs = tree.map_structure(lambda x: _cast(_cast(x, dtype), "float64"), case.arrays("float64"))
    with reference_precision("float64"):
        exact, given = Reference(ours, inputs), Reference(ours, inputs)

    def theirs():
        model = case.keras_model(dtype)
        given.inputs = tree.map_structure(lambda x: _cast(x, dtype), inputs)
        given.cotangents = [None if c is None else _cast(c, dtype) for c in given.cotangents]
        return keras_quantities(module, model, given)

    return _row(case.name, exact, theirs, module, backend, dtype, case.divergence(backend))


def _cast(array: np.ndarray, dtype: str) -> np.ndarray:
    return array.astype(dtype) if array.dtype.kind == "f" else array


def _row(
    name, exact, theirs, module, backend: str, dtype: str, of_case: Divergence | None = None
) -> Row:
    """Compare one call of Keras with the NumPy half's.

    Args:
        exact: the call in NumPy, in float64.
        theirs: function that gives Keras's quantities.
        of_case: by what the case is only as good as float32 in float64, if it is.
    """
    # Operations on integers compute in the default precision of the moment.
    with np.errstate(all="ignore"), reference_precision("float64"):
        quantities = exact.quantities()
        scale = checks.scales(exact.quantities, quantities)
    try:
        with computing_in(module, dtype), module.on_device("cpu"):
            found = theirs()
    except Exception as error:
        return Row(name, REFUSED, reason=reason(error))
    records = checks.compare_all(name, backend, dtype, quantities, found, scale)
    worst = max(records, key=lambda record: record.needed)
    numbers = worst.where, worst.error, worst.tolerance, worst.needed
    wrong = [
        (key, record)
        for key, record in zip({**quantities, **found}, records, strict=True)
        if not record.passed
    ]
    if not wrong:
        return Row(name, PASSED, *numbers)
    asked = Asked(LOCAL, None, exact, None, Place(name, "", ()), {}, quantities, scale)
    judged = [Judged(asked, key, asked.place, key, r, found.get(key)) for key, r in wrong]
    with reference_precision("float64"):
        if all(is_convention(one, dtype) for one in judged):
            return Row(name, CONVENTION, *numbers)
    known = [of_layer(exact.layer, key, backend, dtype, r.needed) for key, r in wrong]
    if None not in known:
        return Row(name, KNOWN, *numbers, "; ".join(sorted({one.link for one in known})))
    if dtype == "float64" and worst.needed * checks.FACTOR <= allowances.FLOAT32_IN_FLOAT64:
        known = (KNOWN, *numbers, of_case.link) if of_case else (NEW, *numbers, AS_FLOAT32)
        return Row(name, *known)
    return Row(name, NEW, *numbers, worst.reason)
