"""Random models: what Keras computes, the NumPy half computes, every gradient included."""

import gc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

import reference_numpy as rn
from comparisons.harness import backends
from comparisons.harness.proof import checks
from comparisons.harness.proof.layer_checks import Reference, keras_quantities
from comparisons.harness.proof.model_checks import precision
from tests.comparisons.random_models import Recipe, build, layers_on, moved, recipes

pytestmark = [
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis"),
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached"),
]
QUIET = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def backend():
    return backends.load("tensorflow")


def failures(backend, recipe):
    """The comparisons that do not hold, as lines."""
    import keras

    keras.utils.set_random_seed(0)
    options = {"training": recipe.training}
    with precision(recipe.dtype):
        model = build(recipe)
        ours = rn.models.from_keras(model)
    weights = moved(ours.get_weights())
    ours.set_weights(weights)
    given_to_keras = exact = Reference(ours, recipe.draw(), options)
    if recipe.dtype == "float32":
        # Compared with the reference in float64: the rounding is all Keras's own.
        double = Recipe(**{**vars(recipe), "dtype": "float64"})
        with precision("float64"):
            wide = rn.models.from_keras(build(double))
        wide.set_weights([w.astype("float64") for w in weights])
        exact = Reference(wide, double.draw(), options)
    quantities = exact.quantities()
    scale = checks.scales(exact.quantities, quantities)
    # What is normalized twice, say, has gradients that cancel but for an epsilon: their rounding
    # is that of the terms that cancel, which are as large as the largest gradient.
    terms = [float(np.abs(c).max()) for c in exact.cotangents]
    terms += [value for name, value in scale.items() if name.startswith("gradient")]
    scale.update({name: max(terms) for name in scale if name.startswith("gradient")})
    theirs = keras_quantities(backend, model, given_to_keras)
    records = checks.compare_all(
        "random model", "keras-tensorflow", recipe.dtype, quantities, theirs, scale
    )
    return [str(record) for record in records if not record.passed]


def check(backend, recipe):
    wrong = failures(backend, recipe)
    note("\n".join(wrong))
    assert not wrong, f"{recipe}\n" + "\n".join(wrong)


@settings(QUIET, max_examples=300, derandomize=True)
@given(layers_on((5, 3)))
def test_a_layer_leaves_no_size_open_that_what_follows_is_built_from(layer):
    _, arguments = layer
    assert None not in arguments.get("output_shape", ())


@settings(QUIET, max_examples=100, derandomize=True)
@given(recipes())
def test_random_models(backend, recipe):
    check(backend, recipe)


@pytest.mark.slow
@settings(QUIET, max_examples=1000)
@given(recipes())
def test_many_random_models(backend, recipe):
    check(backend, recipe)
    gc.collect()
