"""Every configuration that Keras's own layer tests use, on the reference beside Keras, float64."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.conformance.references import build_keras_layer, make_reference
from comparisons.harness.proof import allowances, checks
from comparisons.harness.proof.layer_checks import keras_quantities
from tests.keras_own_cases import collect, layer_test_modules

TOLERANCE = 1e-9  # of a quantity's scale


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


# Keras deprecates arguments that its own tests still use.
@pytest.mark.filterwarnings("ignore:.*deprecated:UserWarning")
@pytest.mark.parametrize("module", layer_test_modules(), ids=lambda name: name.split(".")[-1])
def test_reference_agrees_with_keras_on_keras_own_cases(backend, module):
    cases = [case for case in collect(module) if case.layer in rn.layers.family.classes]
    problems, compared = [], 0
    for case in cases:
        for training in case.training:
            try:
                exact = make_reference(case, "float64", training)
            except NotImplementedError:
                continue  # the reference says that it leaves this out, such as quantization
            problems += differences(backend, case, training, exact)
            compared += 1
    if not compared:
        pytest.skip("Keras's tests here hold no case of a class that the reference has")
    assert not problems, "\n".join(problems)


def differences(backend, case, training, exact):
    """One line for each quantity of the reference `exact` that differs in Keras."""
    name = f"{case.id} ({'training' if training else 'inference'})"
    given = exact
    ours = exact.quantities()
    assert any(np.asarray(value).size for value in ours.values()), f"{name} compares nothing"
    dtype, reason = allowances.best_precision("keras-tensorflow", case.layer, case.arguments)
    if dtype != "float64":
        given = make_reference(case, dtype, training, weights=exact.start)
    theirs = keras_quantities(backend, build_keras_layer(case, dtype), given)
    scale = checks.scales(exact.quantities, ours)
    agreed = (TOLERANCE / checks.UNIT_ROUNDOFF["float64"], "")
    if dtype != "float64":
        agreed = (checks.FACTOR, reason)
    exceptions = {
        quantity: allowances.widened(
            "keras-tensorflow", case.layer, case.arguments, dtype, quantity
        )
        or agreed
        for quantity in ours
    }
    records = checks.compare_all(name, "keras-tensorflow", dtype, ours, theirs, scale, exceptions)
    return [str(record) for record in records if not record.passed]
