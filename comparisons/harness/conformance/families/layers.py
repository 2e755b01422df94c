"""Layers: outputs, gradients of inputs and weights, and states of one call."""

from comparisons.harness.check.known import of_layer
from comparisons.harness.conformance.families.trial import Family, Refused, Trial
from comparisons.harness.conformance.layer_cases import CASES
from comparisons.harness.conformance.references import build_keras_layer, make_call
from comparisons.harness.proof import allowances
from comparisons.harness.proof.calls import holds_masks
from comparisons.harness.proof.layer_checks import keras_quantities


def trial(case_and_mode, module, backend: str, dtype: str) -> Trial:
    """The call of a case's layer; the NumPy half stays in float64: the rounding is all Keras's."""
    case, training = case_and_mode
    precision, why = allowances.best_precision(f"keras-{backend}", case.layer, case.arguments)
    if (dtype, precision) == ("float64", "float32"):
        raise Refused(why)
    exact = make_call(case, "float64", training)
    given = exact
    if dtype != "float64":
        given = make_call(case, dtype, training, weights=exact.start)
    return Trial(
        exact,
        lambda: keras_quantities(module, build_keras_layer(case, dtype), given),
        lambda one: of_layer(exact.layer, one, backend, dtype),
        masked=holds_masks(exact.options),
    )


FAMILY = Family(
    [
        (case.layer, f"{case.id}, {'training' if training else 'inference'}", (case, training))
        for case in CASES
        for training in case.training
    ],
    trial,
)
