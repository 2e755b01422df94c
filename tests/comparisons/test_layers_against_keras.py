"""Rungs 2 and 3: every case of the table against Keras on TensorFlow, in float64 and float32."""

import inspect
import json

import pytest

from comparisons.harness.conformance.layer_cases import CASES
from comparisons.harness.conformance.references import (
    build_keras_layer,
    make_keras_layer,
    make_layer,
    make_reference,
)
from comparisons.harness.proof import allowances, checks
from comparisons.harness.proof.layer_checks import keras_quantities
from reference_numpy import layers
from reference_numpy.serialization import FAMILIES


@pytest.fixture(scope="module")
def backend():
    from comparisons.harness import backends

    return backends.load("tensorflow")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("case", "training"),
    [(case, training) for case in CASES for training in case.training],
    ids=[f"{case.id}-{'training' if t else 'inference'}" for case in CASES for t in case.training],
)
def test_layer_computes_what_keras_computes(backend, case, training, dtype):
    precision, reason = allowances.best_precision("keras-tensorflow", case.layer, case.arguments)
    if (dtype, precision) == ("float64", "float32"):
        pytest.skip(reason)
    exact = make_reference(case, "float64", training)
    quantities = exact.quantities()
    scale = checks.scales(exact.quantities, quantities)
    # float32 is compared with the reference in float64: the rounding is all Keras's own.
    given = exact
    if dtype != "float64":
        given = make_reference(case, dtype, training, weights=exact.start)
    theirs = keras_quantities(backend, build_keras_layer(case, dtype), given)
    known = {
        name: allowances.widened("keras-tensorflow", case.layer, case.arguments, dtype, name)
        for name in quantities
    }
    known = {name: exception for name, exception in known.items() if exception}
    records = checks.compare_all(
        case.id, "keras-tensorflow", dtype, quantities, theirs, scale, known
    )
    failures = [str(record) for record in records if not record.passed]
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_config_is_keras_config(backend, case):
    theirs = make_keras_layer(case, "float32").get_config()
    ours = make_layer(case, "float32").get_config()
    for config in (ours, theirs):
        config.pop("name")
    assert json.loads(json.dumps(ours)) == json.loads(json.dumps(theirs))


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_weights_are_keras_weights(backend, case):
    theirs = build_keras_layer(case, "float32").weights
    ours = make_reference(case, "float32").layer.weight_records
    assert [w.name for w in ours] == [w.name for w in theirs]
    assert [w.value.shape for w in ours] == [tuple(w.shape) for w in theirs]


LAYERS = {**FAMILIES["keras.layers"].classes, "InputSpec": layers.InputSpec}


@pytest.mark.parametrize("name", sorted(name for name in LAYERS if name in dir(layers)))
def test_arguments_by_position_are_in_keras_order(backend, name):
    import keras

    def by_position(cls):
        parameters = inspect.signature(cls).parameters.values()
        return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]

    ours = by_position(LAYERS[name])
    theirs = [name for name in by_position(getattr(keras.layers, name)) if name in ours]
    assert ours[: len(theirs)] == theirs
