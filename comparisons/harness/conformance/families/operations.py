"""Operations in graphs: outputs and gradients of the inputs."""

import numpy as np

import reference_numpy as rn
from comparisons.harness.check.answers import reason
from comparisons.harness.check.known import of_layer
from comparisons.harness.conformance.families.trial import Family, Refused, Trial
from comparisons.harness.conformance.operation_cases import CASES
from comparisons.harness.proof.calls import CallReference
from comparisons.harness.proof.layer_checks import keras_quantities
from comparisons.harness.proof.precision import computing_in, reference_precision
from reference_numpy import tree

UNDEFINED = {"EmptyLike"}  # what it gives is whatever the memory held


def trial(case, module, backend: str, dtype: str) -> Trial:
    """The model that is a case's operation and nothing else."""
    try:
        with computing_in(module, "float64"):
            ours = rn.models.from_keras(case.keras_model("float64"))
    except Exception as error:
        raise Refused(reason(error)) from error
    inputs = tree.map_structure(lambda x: _cast(_cast(x, dtype), "float64"), case.arrays("float64"))
    with reference_precision("float64"):
        exact, given = (CallReference(ours, [inputs], {}, ()) for _ in range(2))

    def theirs():
        model = case.keras_model(dtype)
        given.inputs = [tree.map_structure(lambda x: _cast(x, dtype), inputs)]
        given.cotangents = [None if c is None else _cast(c, dtype) for c in given.cotangents]
        return keras_quantities(module, model, given)

    return Trial(
        exact,
        theirs,
        lambda one: of_layer(exact.layer, one, backend, dtype),
        case.diverges,
    )


def _cast(array: np.ndarray, dtype: str) -> np.ndarray:
    return array.astype(dtype) if array.dtype.kind == "f" else array


FAMILY = Family(
    [
        (name, case.name, case)
        for case in CASES
        if (name := case.name.partition("-")[0]) not in UNDEFINED
    ],
    trial,
)
