"""How large the rounding of a correct computation may be, where the inputs alone do not say it."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check.changing import changed
from comparisons.harness.check.findings import findings, judge
from comparisons.harness.check.questions import ask
from comparisons.harness.check.scales import quantities_and_scales
from comparisons.harness.proof import checks
from comparisons.harness.proof.layer_checks import Reference
from comparisons.harness.proof.precision import reference_precision
from reference_numpy import activations, layers


@pytest.mark.parametrize(
    ("make", "function", "around", "name"),
    [
        (
            lambda: layers.Attention(use_scale=True),
            activations.Softmax,
            (0.5, 2.0**-20),
            "gradient of weight 0 (scale)",
        ),
        (layers.AdditiveAttention, activations.Tanh, (4.0, 0.25), "gradient of input 0"),
    ],
    ids=["alike", "saturated"],
)
@pytest.mark.parametrize(("wrong", "is_found"), [(2.0**-24, False), (1e-3, True)])
def test_roundings_within_attention_are_no_finding(make, function, around, name, wrong, is_found):
    """Random models on TensorFlow whose keys and values were all alike, or whose sums were large.

    dw − Σ dw w is then nothing but the rounding of w, which q kᵀ multiplies for the gradient of the
    scale: it needed 2.5 times the tolerance. 1 − tanh² of large sums needed 5 times.
    """
    with reference_precision("float64"):
        tensor = rn.Input((3, 2))
        model = rn.Model(tensor, make()([tensor, tensor]))
    middle, spread = around
    x = middle + spread * np.random.default_rng(0).standard_normal((4, 3, 2))
    (one, _) = ask(model, model, x, False, True, "float32")
    generator = np.random.default_rng(1)

    def rounding(backward):
        def rounded(self, dy, y):
            return backward(self, dy, y * (1 + wrong * generator.choice([-1.0, 1.0], y.shape)))

        return rounded

    with changed("backward", [function], rounding):
        theirs = one.reference.quantities()
    found = findings(judge(one, theirs, "tensorflow", "float32"), "tensorflow", "float32", "")
    assert (name in [judged.name for _, judged in found]) == is_found


@pytest.mark.parametrize(("wrong", "is_found"), [(2.0**-24, False), (1e-4, True)])
def test_a_group_of_one_number_leaves_what_rounding_leaves_of_it_less_itself(wrong, is_found):
    """The random model of seed 101 on TensorFlow: x/σ − μ/σ needed 187 times the tolerance."""
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input((1,)), layers.GroupNormalization(1)])
    x = 128.0 * np.random.default_rng(0).standard_normal((4, 1))
    (one, _) = ask(model, model, x, False, True, "float32")
    theirs = {**one.quantities, "output 0": wrong * np.abs(x) / np.sqrt(1e-3)}
    found = findings(judge(one, theirs, "tensorflow", "float32"), "tensorflow", "float32", "")
    assert bool(found) == is_found


@pytest.mark.parametrize(
    "make", [layers.LayerNormalization, lambda **o: layers.GroupNormalization(1, **o)]
)
@pytest.mark.parametrize(("wrong", "is_found"), [(2.0**-24, False), (1e-4, True)])
def test_a_gradient_less_its_mean_leaves_the_rounding_of_both(make, wrong, is_found):
    """The random model of seed 302 on PyTorch: dx̂/σ − mean(dx̂)/σ of one number is not 0."""
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input((1,)), make(center=False, scale=False)])
    x = np.random.default_rng(0).standard_normal((4, 1))
    (one, _) = ask(model, model, x, False, True, "float32")
    (dy,) = one.reference.cotangents
    theirs = {**one.quantities, "gradient of input 0": wrong * dy / np.sqrt(1e-3)}
    found = findings(judge(one, theirs, "torch", "float32"), "torch", "float32", "")
    assert bool(found) == is_found


def test_what_is_true_or_false_is_not_rounded():
    """Random models of seed 402 compared numbers, too; their answers could not be subtracted."""
    with reference_precision("float64"):
        tensor = rn.Input((4,))
        model = rn.Model(tensor, [layers.UnitNormalization()(tensor), tensor > 0])
    *_, whole = ask(model, model, np.ones((1, 4)), False, True, "float32")
    truths = {name for name, value in whole.quantities.items() if value.dtype == bool}
    assert truths and {whole.scale[name] for name in truths} == {0.0}


@pytest.mark.parametrize("places", [1000, 200_000])
@pytest.mark.parametrize("first", [False, True], ids=["channels last", "channels first"])
def test_a_long_sum_is_rounded_at_each_number_that_is_added(places, first):
    generator = np.random.default_rng(0)
    x, dy = generator.random((1, 3, places)), generator.random((1, 2, places))
    how = {"data_format": "channels_first"} if first else {}
    layer = layers.Conv1D(2, 1, use_bias=False, dtype="float64", **how)
    x, dy = (part.astype("float32").astype("float64") for part in (x, dy))
    if not first:
        x, dy = x.swapaxes(1, 2), dy.swapaxes(1, 2)
    layer.build(x.shape)
    reference = Reference(layer, x, {})
    reference.cotangents = [dy]
    exact, scale = quantities_and_scales(reference, "float32", is_local=True)
    rows, columns = (part[0] if first else part[0].T for part in (x, dy))
    products = (rows[:, None] * columns[None]).astype("float32")
    (name,) = (name for name in exact if name.startswith("gradient of weight"))
    tolerance = checks.FACTOR * checks.UNIT_ROUNDOFF["float32"] * scale[name]
    one_by_one = np.cumsum(products, axis=-1, dtype="float32")[..., -1]
    error = np.abs(one_by_one - exact[name][0]).max()
    assert error < tolerance < 1e-4 * np.abs(exact[name]).max()
