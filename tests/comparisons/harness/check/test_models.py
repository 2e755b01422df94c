"""No false alarm on sound models, and every known divergence at its layer and backend alone."""

import keras
import pytest
from hypothesis import HealthCheck, given, settings

from comparisons.harness import backends
from comparisons.harness.divergences import named
from tests.comparisons.harness.check.divergent_models import DIVERGENT
from tests.comparisons.harness.check.sound_models import SOUND
from tests.comparisons.random_models import build, recipes

# What random models meet.
MET = {
    named(name).link
    for name in (
        "elu-of-small-numbers",
        "gradients-of-normalized-zeros",
        "gradients-of-queries-that-see-nothing",
        "gradients-of-undecided-attention-on-pytorch",
        "softplus-above-20-on-pytorch",
        "the-mask-of-a-recurrent-layer-that-goes-backwards",
        "the-variance-of-numbers-far-from-zero-on-pytorch",
    )
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy"),
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis"),
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached"),
]


@pytest.mark.parametrize("make", SOUND, ids=lambda make: make.__name__)
def test_a_sound_model_agrees(checked, make):
    keras.utils.set_random_seed(0)
    report = checked(make())
    assert report.agrees, str(report)
    assert not any(row.refused for row in report.layers)


@pytest.mark.parametrize("name", DIVERGENT)
def test_a_divergence_is_found_at_its_layer_and_backend_and_nowhere_else(checked, name):
    divergent = DIVERGENT[name]
    keras.utils.set_random_seed(0)
    report = checked(divergent.build(), divergent.dtype)
    found = [finding for finding in report.findings if not finding.convention]
    expected = {b: links for b, links in divergent.expected.items() if not backends.missing(b)}
    assert {(one.layer, one.kind) for one in found} == {("culprit", "local")}
    assert {one.backend for one in found} == set(expected)
    for backend in expected:
        assert {one.known for one in found if one.backend == backend} == expected[backend]
        quantities = [one.quantity for one in found if one.backend == backend]
        assert any(quantity.startswith(divergent.quantity) for quantity in quantities)


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(recipes())
def test_random_models_agree_but_for_what_is_known(checked, recipe):
    keras.utils.set_random_seed(0)
    report = checked(build(recipe), recipe.dtype)
    found = [one for one in report.findings if not one.convention and one.known not in MET]
    assert not found, f"{recipe}\n{report}"
