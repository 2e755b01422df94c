"""Losses: values and gradients of the predictions, with every reduction, weights and masks."""

from collections.abc import Iterator
from functools import partial

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.questions import hang_on
from comparisons.harness.check.script import Sketch, construction
from comparisons.harness.conformance.families.trial import Calculation, Family, Trial, written
from comparisons.harness.conformance.loss_cases import CASES, LossCase
from comparisons.harness.proof import checks

REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]
# The reductions are the same for all rows of a loss: its first row tries each of them.
FIRST = {case.loss: case.id for case in reversed(CASES)}


def make(case: LossCase, reduction="sum_over_batch_size", dtype: str = "float64"):
    """The case's loss of the NumPy half."""
    return getattr(rn.losses, case.loss)(reduction=reduction, dtype=dtype, **case.arguments)


def sample_weights(values: np.ndarray) -> dict[str, np.ndarray | None]:
    """Weights for losses of the shape of `values`, by name: none, one a sample, one a value."""
    generator = np.random.default_rng(2)

    def draw(shape):
        return generator.uniform(0.2, 2, shape).astype("float32").astype("float64")

    found = {"unweighted": None}
    if values.ndim == 1:
        found["weight a sample"] = draw(values.shape)
        found["column of weights"] = draw((len(values), 1))
    if values.ndim > 1:
        found["weight a value"] = draw(values.shape)
        found["weights with one axis more"] = draw((*values.shape, 1))
    if values.ndim == 0:
        found["one weight"] = draw(())
    return found


def mask_for(values: np.ndarray) -> np.ndarray:
    """A mask of the shape of `values` that leaves some and takes some."""
    return (np.arange(values.size) % 3 != 1).reshape(values.shape)


def variants(case: LossCase) -> Iterator[tuple[str, dict]]:
    """Names and arguments of the calls that a case is tried with."""
    values = make(case, "none")(case.y_true, case.y_pred)
    weights = sample_weights(values)
    for name, weight in weights.items():
        yield name, {"sample_weight": weight}
    if values.ndim:
        mask = mask_for(values)
        yield "masked", {"mask": mask}
        yield "masked and weighted", {"mask": mask, "sample_weight": list(weights.values())[1]}


def _calls(case: LossCase) -> Iterator[tuple[str, str | None, dict]]:
    """What a call is named, its reduction, and its arguments."""
    for reduction in REDUCTIONS if FIRST[case.loss] == case.id else REDUCTIONS[:2]:
        for name, options in variants(case):
            yield f"{name}, {reduction}", reduction, options


def quantities(case: LossCase, jitter=lambda array: array, dtype: str = "float64") -> dict:
    """The value and the gradient of every call by the NumPy half."""
    y_true, y_pred = jitter(case.y_true), jitter(case.y_pred).astype(dtype)
    found = {}
    for name, reduction, options in _calls(case):
        value, gradient = make(case, reduction, dtype).value_and_gradient(y_true, y_pred, **options)
        found |= {f"value, {name}": value, f"gradient, {name}": gradient}
    return found


def keras_quantities(case: LossCase, module, dtype: str, shaped: dict) -> dict:
    """The same by Keras; the values have the shapes of those of `shaped`."""
    import keras

    found = {}
    for name, reduction, options in _calls(case):
        loss = getattr(keras.losses, case.loss)(reduction=reduction, dtype=dtype, **case.arguments)

        def call(y_pred, loss=loss, options=options):
            hang_on(y_pred, options.get("mask"))
            return loss(case.y_true, y_pred, sample_weight=options.get("sample_weight"))

        ones = np.ones_like(shaped[f"value, {name}"])
        y_pred = case.y_pred.astype(dtype)
        (value,), (gradient,), _ = module.outputs_and_gradients(call, y_pred, [], [ones])
        found |= {f"value, {name}": value, f"gradient, {name}": gradient}
    return found


def sketches(
    case: LossCase, backend: str, dtype: str, name: str, right: np.ndarray, tolerance: float
) -> Iterator[Sketch]:
    """The call that a quantity is of; none with a mask, which only a tensor within a model has."""
    kind, _, call = name.partition(", ")
    reduction, options = next((r, o) for n, r, o in _calls(case) if n == call)
    if "mask" in options:
        return
    given = {"y_true": case.y_true, "y_pred": case.y_pred}
    if options["sample_weight"] is not None:
        given["sample_weight"] = options["sample_weight"]
    arguments = {**case.arguments, "reduction": reduction}
    lines = [f"{name} = {written(array, dtype)}" for name, array in given.items()]
    lines.append(f"loss = {construction('keras.losses', case.loss, arguments)}")
    weighted = ", sample_weight=sample_weight" * (len(given) > 2)
    how = right, tolerance, "y_pred" if kind == "gradient" else ""
    yield Sketch(
        backend, dtype, case.loss, kind, tuple(lines), f"loss(y_true, y_pred{weighted})", *how
    )


def trial(case: LossCase, module, backend: str, dtype: str) -> Trial:
    """Every call of a case's loss."""
    precision = dtype if case.own_precision else "float64"
    reference = Calculation(partial(quantities, case, dtype=precision))
    return Trial(
        reference,
        lambda: keras_quantities(case, module, dtype, reference.quantities()),
        diverges=case.diverges,
        scales=lambda exact: checks.scales(
            partial(quantities, case), exact if precision == "float64" else quantities(case)
        ),
        sketches=partial(sketches, case, backend, dtype),
    )


FAMILY = Family(
    [(case.loss, case.id, case) for case in CASES if case.loss != "HalfSumOfSquares"], trial
)
