"""What a backend's answer is called: rounding, a convention, a known divergence, or new."""

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.check import inputs, known
from comparisons.harness.check.findings import findings, judge
from comparisons.harness.check.questions import LOCAL, PROPAGATED, ask
from comparisons.harness.divergences import named
from comparisons.harness.proof import checks
from comparisons.harness.proof.precision import PRECISIONS, reference_precision
from reference_numpy import activations, layers


def asked(*made, shape=(5,), kind=inputs.ORDINARY, training=False, dtype="float32", **options):
    """The questions about a model of these layers."""
    rn.random.set_seed(0)
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input(shape), *(make() for make in made)])
    x = inputs.draw(model, 4, 0, kind, dtype)
    twin = rn.Sequential.from_config(model.get_config())
    twin.set_weights(model.get_weights())
    return list(ask(model, twin, x, training, True, dtype))


def answered(questions, change=lambda asked, name, value: value, dtype="float32", backend="torch"):
    """The findings where every backend's answer is the oracle's, rounded and then changed."""
    judged = []
    for one in questions:
        theirs = {
            name: change(one, name, value.astype(dtype) if value.dtype.kind == "f" else value)
            for name, value in one.quantities.items()
        }
        judged += judge(one, theirs, backend, dtype)
    return [finding for finding, _ in findings(judged, backend, dtype, "inference")]


def saturated(precision):
    layer = layers.Dense(1, activation="tanh", dtype=precision)
    layer.build((None, 1))
    layer.set_weights([np.array([[0.02]]), np.zeros(1)])
    return layer


def dense(name="dense"):
    return layers.Dense(3, activation="tanh", name=name)


def test_rounding_is_no_finding():
    for training in (False, True):
        questions = asked(dense, layers.BatchNormalization, layers.ReLU, training=training)
        assert [one.kind for one in questions] == [LOCAL] * 3 + [PROPAGATED]
        assert not answered(questions)


@pytest.mark.parametrize("quantity", ["output 0", "gradient of input 0", "gradient of weight 1"])
def test_a_wrong_quantity_is_found_at_its_layer_and_nowhere_else(quantity):
    def change(one, name, value):
        wrong = name.startswith(quantity) and one.place.layer == "culprit"
        propagated = one.kind == PROPAGATED and name == "output 0"  # what follows from it
        return value * np.float32(1.0001) if wrong or propagated else value

    questions = asked(dense, lambda: layers.Dense(4, name="culprit"), lambda: dense("after"))
    (found,) = answered(questions, change)
    assert (found.layer, found.backend, found.kind) == ("culprit", "torch", LOCAL)
    assert not found.convention and found.known is None and found.needed > 1
    assert found.error == pytest.approx(found.needed * found.tolerance)


def test_what_only_the_whole_model_shows_is_found_where_it_begins():
    def change(one, name, value):
        place, quantity = one.where(name)
        late = place.layer != "dense" and quantity.startswith("output")
        return value * np.float32(1.01) if one.kind == PROPAGATED and late else value

    second = [lambda: layers.Dense(4, name="second"), lambda: layers.Dense(4, name="third")]
    (found,) = answered(asked(dense, *second), change)
    assert (found.layer, found.kind) == ("second", PROPAGATED)


@pytest.mark.parametrize("kind", [LOCAL, PROPAGATED])
@pytest.mark.parametrize("before", [layers.Masking, layers.Identity])
def test_a_divergence_of_masked_steps_is_one_only_where_there_is_a_mask(before, kind, monkeypatch):
    monkeypatch.setattr(known, "left", lambda *given: 0.0)  # as large as it may be

    def change(one, name, value):
        place, quantity = one.where(name)
        wrong = (one.kind, place.layer, quantity) == (kind, "culprit", "output 0")
        return value + np.float32(1) if wrong else value

    culprit = layers.GRU(3, return_sequences=True, name="culprit")
    questions = asked(before, lambda: culprit, shape=(4, 2))
    (found,) = answered(questions, change, backend="jax")
    link = named("masked-steps-before-the-first-on-jax").link
    assert (found.layer, found.kind) == ("culprit", kind)
    assert found.known == (link if before is layers.Masking else None)


def test_not_a_number_is_never_a_convention():
    def change(one, name, value):
        return value * np.nan if name == "gradient of input 0" else value

    found = answered(asked(layers.ReLU, kind=inputs.TIES), change)
    assert found and not any(one.convention for one in found)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_any_share_of_the_gradient_at_a_kink_is_a_convention(share):
    def change(one, name, value):
        if name != "gradient of input 0" or one.kind == PROPAGATED:
            return value
        at_kink = one.question.inputs[0] == 0
        return np.where(at_kink, np.float32(share) * one.question.cotangents[0], value)

    found = answered(asked(lambda: layers.ReLU(name="relu"), kind=inputs.TIES), change)
    assert [one.convention for one in found] == ([True] if share else [])


@pytest.mark.parametrize(("wrong", "convention"), [(0.0, True), (0.01, False)])
def test_a_kink_that_many_sums_are_at_together_is_a_convention(wrong, convention):
    """A sample of zeros: of its sums w x some are above 0 and some below wherever x is moved to."""

    def made():
        layer = layers.Dense(6, activation="relu", use_bias=False)
        layer.build((None, 1))
        layer.set_weights([np.array([[1.0, -1.0, 2.0, -2.0, 3.0, -3.0]])])
        return layer

    def all_of_it(one, name, value):
        if name != "gradient of input 0" or one.kind == PROPAGATED:
            return value
        whole = one.question.cotangents[0] @ one.reference.start[0].T
        at_kink = one.question.inputs[0] == 0
        assert at_kink.any()
        return np.where(at_kink, whole * (1 + wrong), value).astype("float32")

    found = answered(asked(made, shape=(1,), kind=inputs.TIES), all_of_it)
    assert [one.convention for one in found] == [convention]


def test_more_than_the_whole_gradient_at_a_kink_is_no_convention():
    def change(one, name, value):
        return value * 1.5 if name == "gradient of input 0" and one.kind == LOCAL else value

    (found,) = answered(asked(layers.ReLU, kind=inputs.TIES), change)
    assert not found.convention


def test_the_gradient_of_a_maximum_may_go_to_either_of_two_but_not_to_both():
    def pool():
        return layers.MaxPooling1D(2)

    def to_last(one, name, value):
        return by_window(one, name, value, lambda dy, tied: (np.where(tied, 0, dy), dy * tied))

    def to_both(one, name, value):
        return by_window(one, name, value, lambda dy, tied: (dy, dy * tied))

    def by_window(one, name, value, share):
        if name != "gradient of input 0" or one.kind == PROPAGATED:
            return value
        x, dy = one.question.inputs[0], one.question.cotangents[0]
        tied = x[:, 0::2] == x[:, 1::2]
        assert tied.any() and not tied.all()
        first, last = share(dy, tied)
        whole = np.stack([first, last], 2).reshape(value.shape)
        return np.where(np.repeat(tied, 2, 1), whole, value)

    questions = asked(pool, shape=(6, 2), kind=inputs.TIES)
    assert not answered(questions)
    assert [one.convention for one in answered(questions, to_last)] == [True]
    assert [one.convention for one in answered(questions, to_both)] == [False]


def test_a_tie_of_zeros_is_met_in_a_whole_model_too():
    with reference_precision("float64"):
        a, b = rn.Input((2,)), rn.Input((2,))
        model = rn.Model([a, b], layers.Minimum()([a, b]))
    zeros = np.zeros((3, 2))
    *_, whole = ask(model, model, [zeros, zeros], False, True, "float32")
    (dy,) = whole.reference.cotangents

    def called(share):
        halves = {"gradient of input 0": share * dy, "gradient of input 1": (1 - share) * dy}
        judged = judge(whole, {**whole.quantities, **halves}, "torch", "float32")
        return [one.convention for one, _ in findings(judged, "torch", "float32", "")]

    assert called(0.25) == [True] and called(2.0) == [False]


def test_what_is_no_number_in_the_oracle_is_none_of_a_backend():
    """A sample of zeros has all steps masked, and the mean of nothing is 0 / 0."""
    made = layers.Masking, layers.GlobalAveragePooling1D, dense
    questions = asked(*made, shape=(3, 2), kind=inputs.TIES)
    classes = [one.place.class_name for one in questions[:-1]]
    assert classes == ["Masking", "GlobalAveragePooling1D"]  # Dense is fed with no numbers
    assert any(np.isnan(y).any() for y in questions[1].quantities.values())

    def zeros(one, name, value):
        return np.nan_to_num(value) if value.dtype.kind == "f" else value

    def beside(one, name, value):
        return value + np.float32(0.01 * (name == "output 0"))

    assert not answered(questions, zeros)
    assert len(answered(questions, beside)) == 2


def test_a_small_error_without_a_kink_is_no_convention():
    def change(one, name, value):
        if one.kind == PROPAGATED or name != "output 0":
            return value
        return value + 1.1 * 64 * np.float32(2.0**-24) * one.scale[name]

    (found,) = answered(asked(dense), change)
    assert 1 < found.needed < 1.3 and not found.convention


def test_a_missing_quantity_and_another_shape_are_found():
    questions = asked(dense)
    theirs = dict(questions[0].quantities)
    theirs["output 0"] = theirs["output 0"][:, :1]
    del theirs["gradient of input 0"]
    judged = judge(questions[0], theirs, "jax", "float32")
    found = [one for one, _ in findings(judged, "jax", "float32", "inference")]
    assert {one.quantity for one in found} == {"output, inference", "gradient of input, inference"}
    assert all(one.needed == np.inf and not one.convention for one in found)


def test_integers_agree_or_do_not():
    def make():
        return layers.Discretization(bin_boundaries=[-1000.0, 0.0, 1000.0], name="bins")

    questions = asked(make, kind=inputs.BIG)
    assert not answered(questions)
    (found,) = answered(questions, lambda one, name, value: value + (one.kind == LOCAL))
    assert (found.layer, found.error) == ("bins", 1)


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (lambda: layers.Activation("tanh"), [[18.0, 18.3], [-18.4, 18.6]]),
        # The second has but epsilon to divide by what the first has normalized.
        (layers.LayerNormalization, [[0.9, -0.9], [1.0, -1.0]]),
    ],
)
def test_what_cancels_in_float64_is_no_finding(make, x):
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input((2,)), make()])
    (one, _) = ask(model, model, np.array(x), False, True, "float64")
    dy = np.abs(one.question.cotangents[0]).max()

    def found(wrong):
        gradient = one.quantities["gradient of input 0"] + wrong * dy
        judged = judge(one, {**one.quantities, "gradient of input 0": gradient}, "jax", "float64")
        return [finding.quantity for finding, _ in findings(judged, "jax", "float64", "")]

    assert not found(2.0**-52)
    assert found(2.0**-40) == ["gradient of input, "]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("wrong", "count"), [(1, 0), (10_000, 1)])
def test_roundings_of_a_slope_times_large_inputs_are_no_finding(dtype, wrong, count):
    """tanh of large numbers has the slope 1 - y², and the kernel that times the input."""
    model, twin = (rn.Sequential([rn.Input((1,)), layer]) for layer in map(saturated, PRECISIONS))
    (one, _) = ask(model, twin, np.array([[900.0], [-1000.0]]), False, True, dtype)
    kernel, x, dy = "gradient of weight 0 (kernel)", one.question.inputs[0], one.question.cotangents
    rounding = checks.UNIT_ROUNDOFF[dtype]
    exact = one.quantities[kernel]
    theirs = {**one.quantities, kernel: exact + wrong * rounding * np.abs(x.T @ dy[0])}
    assert wrong * np.abs(x.T @ dy[0]) > 64 * max(exact.max(), np.abs(dy[0]).max())
    assert len(findings(judge(one, theirs, "torch", dtype), "torch", dtype, "")) == count


@pytest.mark.parametrize(("wrong", "count"), [(0.0, 0), (1e-12, 1)])
def test_roundings_that_begin_within_a_model_are_no_finding(wrong, count):
    """Behind tanh of 13 and 82 every move of the inputs is lost, and its own rounding is not."""
    made = [lambda: layers.Activation("tanh"), *[layers.LayerNormalization] * 2]
    with reference_precision("float64"):
        model = rn.Sequential([rn.Input((2,)), *(make() for make in made)])
    x = np.array([[16.0, -17.0], [82.0, 13.4]])
    *_, whole = ask(model, model, x, False, True, "float64")
    theirs = dict(whole.quantities)
    y = np.tanh(x) - np.array([[0.0, 0.0], [0.0, 2.0**-53 + wrong]])
    theirs["output 0"] = model.layers[2].forward(model.layers[1].forward(y)[0])[0]
    assert np.abs(theirs["output 0"] - whole.quantities["output 0"]).max() > 64 * 2.0**-53
    judged = judge(whole, theirs, "jax", "float64")
    assert len(findings(judged, "jax", "float64", "")) == count


@pytest.mark.parametrize(("share", "count"), [(1.0, 0), (0.5, 0), (0.0, 0), (-0.1, 1), (1.1, 1)])
def test_half_of_a_tie_may_go_by_a_slope_at_a_kink(share, count):
    """At 0, PReLU has the slope 0, beside it 1 or α, and x ties there with what PReLU gives."""
    with reference_precision("float64"):
        x = rn.Input((4,))
        model = rn.Model(x, layers.Minimum()([x, layers.PReLU()(x)]))
    *_, whole = ask(model, model, np.zeros((3, 4)), False, True, "float32")
    theirs = whole.quantities | {"gradient of input 0": share * whole.question.cotangents[0]}
    found = findings(judge(whole, theirs, "torch", "float32"), "torch", "float32", "")
    assert sum(not one.convention for one, _ in found) == count


@pytest.mark.parametrize("kind", [inputs.ORDINARY, inputs.BIG])
@pytest.mark.parametrize(("wrong", "is_found"), [(2.0**-24, False), (1e-3, True)])
def test_a_rounding_within_a_saturated_softmax_is_no_finding(monkeypatch, kind, wrong, is_found):
    """Attention of large logits has a gradient that is zero, of terms that are not."""

    def of(precision):
        rn.random.set_seed(0)
        with reference_precision(precision):
            x = rn.Input((3, 6))
            return rn.Model(x, layers.MultiHeadAttention(2, 1)(x, x))

    model, twin = of("float64"), of("float32")
    x = inputs.draw(model, 4, 0, kind, "float32")
    (one, _) = ask(model, twin, x, False, True, "float32")
    backward = activations.Softmax.backward

    def faulty(self, dy, y):
        return backward(self, dy, y) + wrong * dy * y

    with monkeypatch.context() as patch:
        patch.setattr(activations.Softmax, "backward", faulty)
        theirs = one.reference.quantities()
    query = next(name for name in theirs if name.startswith("gradient of weight 0"))
    error = np.abs(theirs[query] - one.quantities[query]).max()
    assert kind == inputs.ORDINARY or error > 64 * 2.0**-24 * one.scale[query]
    found = findings(judge(one, theirs, "jax", "float32"), "jax", "float32", "")
    assert (query in [judged.name for _, judged in found]) == is_found


def test_what_rounding_leaves_of_a_gradient_that_is_exactly_zero_is_no_finding():
    """One number over its own length is its sign, whose gradient is (1 - y²) / |x|."""
    (one, _) = asked(layers.UnitNormalization, shape=(1,))
    gradient = "gradient of input 0"
    assert not one.quantities[gradient].any()
    x, dy = np.abs(one.question.inputs[0]), np.abs(one.question.cotangents[0])

    def found(wrong):
        theirs = {**one.quantities, gradient: wrong * dy / x}
        judged = judge(one, theirs, "tensorflow", "float32")
        return [finding.quantity for finding, _ in findings(judged, "tensorflow", "float32", "")]

    assert not found(2.0**-23)
    assert found(1e-4) == ["gradient of input, "]


def test_in_a_whole_model_too_rounding_is_all_of_a_sign_s_gradient():
    """Random models on PyTorch whose sum of a sign and of x itself had such a gradient."""
    tensor = rn.Input((1,))
    model = rn.Model(tensor, layers.Add()([layers.UnitNormalization()(tensor), tensor]))
    x = inputs.draw(model, 4, 0, inputs.SMALL, "float32")
    *_, whole = ask(model, model, x, False, True, "float32")
    gradient = "gradient of input 0"
    for wrong, expected in ((2.0**-23, True), (1e-4, False)):
        rounding = wrong * np.abs(whole.question.cotangents[0] / x)
        theirs = {**whole.quantities, gradient: whole.quantities[gradient] + rounding}
        assert (
            all(one.record.passed for one in judge(whole, theirs, "torch", "float32")) is expected
        )


@pytest.mark.parametrize(("wrong", "is_found"), [(2.0**-23, False), (1e-4, True)])
def test_one_number_less_itself_leaves_what_rounding_leaves_of_both(wrong, is_found):
    """PyTorch has the gradient of γ from x/σ − μ/σ, of which nothing is left but rounding."""
    questions = asked(lambda: layers.LayerNormalization(name="one"), shape=(1,), kind=inputs.BIG)

    def change(one, name, value):
        if (one.kind, name) != (LOCAL, "gradient of weight 0 (gamma)"):
            return value
        assert not value.any()
        terms = one.question.inputs[0] * one.question.cotangents[0] / np.sqrt(1e-3)
        return wrong * np.abs(terms).sum(0)

    assert bool(answered(questions, change)) is is_found


def test_behind_a_relu_that_is_dead_nothing_but_zero_is_right():
    model = rn.Sequential([rn.Input((1,)), layers.ReLU()])
    (one, _) = ask(model, model, np.array([[-0.5], [-2.0]]), False, True, "float32")
    assert one.scale["gradient of input 0"] == 0
