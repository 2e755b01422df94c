"""The losses against calculus, in their dtypes, and on bad input."""

import itertools
import json

import numpy as np
import pytest

import reference_numpy as rn
from comparisons.harness.conformance.families.losses import REDUCTIONS, make, variants
from comparisons.harness.conformance.loss_cases import CASES
from reference_numpy import losses, serialization

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
STEP, TOLERANCE = 1e-4, 1e-7


def slope_along(value, y, direction):
    """(f(−2h) − 8 f(−h) + 8 f(h) − f(2h)) / 12h."""
    far = value(y - 2 * STEP * direction) - value(y + 2 * STEP * direction)
    near = value(y + STEP * direction) - value(y - STEP * direction)
    return (far + 8 * near) / (12 * STEP)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@BY_CASE
def test_gradient_agrees_with_calculus(case, reduction):
    loss = make(case, reduction)
    # A direction that moves no prediction across a kink or a bound: those are asserted apart.
    generator = np.random.default_rng(3)
    for name, options in variants(case):
        gradient = loss.gradient(case.y_true, case.y_pred, **options)
        assert gradient.shape == case.y_pred.shape
        for _ in range(2):
            direction = np.asarray(generator.standard_normal(case.y_pred.shape))
            direction *= case_movable(case)
            found = np.sum(gradient * direction)
            slope = slope_along(
                lambda y, options=options: np.sum(loss(case.y_true, y, **options)),
                case.y_pred,
                direction,
            )
            assert found == pytest.approx(slope, abs=TOLERANCE * max(1, abs(slope))), name


def case_movable(case):
    """1 for the predictions that may move by a step, 0 for those a step away from a bound."""
    near = np.zeros(case.y_pred.shape, bool)
    bounded = "rossentropy" in case.loss or case.loss == "KLDivergence"
    if bounded and not case.arguments.get("from_logits"):
        for bound in (0.0, 1.0):
            near |= np.abs(case.y_pred - bound) < 1e-3
    return np.where(near, 0.0, 1.0)


@BY_CASE
def test_value_and_gradient_are_the_two_apart(case):
    loss = make(case)
    value, gradient = loss.value_and_gradient(case.y_true, case.y_pred)
    assert value == loss(case.y_true, case.y_pred)
    np.testing.assert_array_equal(gradient, loss.gradient(case.y_true, case.y_pred))


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@BY_CASE
def test_precision_is_kept(case, dtype):
    y_pred = case.y_pred.astype(dtype)
    for reduction in REDUCTIONS:
        loss = make(case, reduction, dtype)
        for name, options in variants(case):
            with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
                value, gradient = loss.value_and_gradient(case.y_true, y_pred, **options)
            assert value.dtype == dtype, (reduction, name)
            assert gradient.dtype == dtype, (reduction, name)


@BY_CASE
def test_inputs_stay_untouched(case):
    y_true, y_pred = case.y_true.copy(), case.y_pred.copy()
    for name, options in variants(case):
        before = {key: np.copy(value) for key, value in options.items()}
        make(case).gradient(y_true, y_pred, **options)
        np.testing.assert_array_equal(y_true, case.y_true, err_msg=name)
        np.testing.assert_array_equal(y_pred, case.y_pred, err_msg=name)
        for key, value in options.items():
            np.testing.assert_array_equal(value, before[key], err_msg=name)


@BY_CASE
def test_config_makes_the_same_loss(case):
    loss = make(case)
    config = json.loads(json.dumps(serialization.serialize(loss)))
    again = serialization.deserialize(config)
    assert type(again) is type(loss)
    np.testing.assert_array_equal(again(case.y_true, case.y_pred), loss(case.y_true, case.y_pred))


@BY_CASE
def test_the_function_gives_the_values(case):
    name = serialization.snake_case(case.loss)
    function = losses.functions[name]
    values = make(case, "none")(case.y_true, case.y_pred)
    np.testing.assert_array_equal(function(case.y_true, case.y_pred, **case.arguments), values)
    assert type(losses.get(function)) is type(losses.get(name)) is type(make(case))


def test_names_and_configs_of_functions_give_the_loss():
    for name in ("mse", "MSE", "mean_squared_error", "MeanSquaredError"):
        assert type(losses.get(name)) is losses.MeanSquaredError
    config = losses.mean_squared_error.serialize()
    assert type(losses.get(config)) is losses.MeanSquaredError
    assert losses.get(None) is None
    made = losses.get({"class_name": "Huber", "config": {"delta": 3.0, "reduction": "sum"}})
    assert (made.delta, made.reduction) == (3.0, "sum")


def test_half_sum_of_squares_is_the_textbooks():
    y = np.array([[0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0]])
    t = np.array([[0, 0, 1, 0, 0, 0, 0, 0, 0, 0]])
    loss = losses.HalfSumOfSquares(dtype="float64")
    assert loss(t, y) == pytest.approx(0.0975)
    np.testing.assert_array_equal(loss.gradient(t, y), y - t)


def test_reductions_weights_and_masks_by_hand():
    t, y = np.zeros((3, 1)), np.array([[1.0], [2.0], [3.0]])  # values 1, 4, 9
    weights, mask = np.array([1.0, 2.0, 0.5]), np.array([True, False, True])

    def value(reduction, **options):
        return losses.MeanSquaredError(reduction, dtype="float64")(t, y, **options)

    assert value("sum", sample_weight=weights) == 13.5
    assert value("mean", sample_weight=weights) == value(
        "sum_over_batch_size", sample_weight=weights
    )
    assert value("mean", sample_weight=weights) == 13.5 / 3
    assert value("mean_with_sample_weight", sample_weight=weights) == pytest.approx(13.5 / 3.5)
    assert value("sum", mask=mask) == 10
    assert value("mean", mask=mask) == 5
    assert value("mean", mask=mask, sample_weight=weights) == 5.5 / 2
    np.testing.assert_array_equal(value("none", mask=mask), [1, 0, 9])
    ignoring = losses.SparseCategoricalCrossentropy(ignore_class=1, dtype="float64")
    p, labels = np.array([[0.2, 0.8], [0.5, 0.5], [0.3, 0.7]]), np.array([0, 1, 0])
    both = ignoring(labels, p, mask=np.array([False, True, True]))
    assert both == pytest.approx(-np.log(0.3))


@pytest.mark.parametrize("name", ["CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
def test_softmax_and_crossentropy_fused_is_y_minus_t(name):
    generator = np.random.default_rng(0)
    x, labels = generator.standard_normal((6, 5)), generator.integers(0, 5, 6)
    t = np.eye(5)[labels] if name == "CategoricalCrossentropy" else labels
    plain = getattr(losses, name)(dtype="float64")
    fused = plain.on_logits(rn.activations.softmax, 2)
    y, cache = rn.activations.softmax.forward(x)
    assert fused(t, x) == pytest.approx(plain(t, y), rel=1e-13)
    dx = rn.activations.softmax.backward(plain.gradient(t, y), cache)
    np.testing.assert_allclose(fused.gradient(t, x), dx, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fused.gradient(t, x), (y - np.eye(5)[labels]) / 6, rtol=1e-13)


@pytest.mark.parametrize("from_logits", [True, False])
def test_classes_along_the_first_axis(from_logits):
    y, t = np.random.default_rng(0).random((5, 7)), np.array([0, 1, 2, 3, 4, 2, 1])
    along = {axis: losses.SparseCategoricalCrossentropy(from_logits, axis=axis) for axis in (0, 1)}
    value, gradient = along[0].value_and_gradient(t, y)
    expected, turned = along[1].value_and_gradient(t, np.ascontiguousarray(y.T))
    assert value == expected
    np.testing.assert_array_equal(gradient, turned.T)


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "BinaryFocalCrossentropy"])
def test_sigmoid_and_crossentropy_fused(name):
    generator = np.random.default_rng(0)
    x, t = generator.standard_normal((6, 3)), generator.integers(0, 2, (6, 3))
    plain = getattr(losses, name)(dtype="float64", label_smoothing=0.1)
    fused = plain.on_logits(rn.activations.sigmoid, 2)
    y, cache = rn.activations.sigmoid.forward(x)
    assert fused(t, x) == pytest.approx(plain(t, y), rel=1e-13)
    dx = rn.activations.sigmoid.backward(plain.gradient(t, y), cache)
    np.testing.assert_allclose(fused.gradient(t, x), dx, rtol=1e-12, atol=1e-15)


def test_only_the_activation_that_belongs_to_it_is_fused():
    for name in losses.functions:
        loss = losses.get(name)
        softmax = name in ("categorical_crossentropy", "sparse_categorical_crossentropy")
        sigmoid = name in ("binary_crossentropy", "binary_focal_crossentropy")
        assert (loss.on_logits(rn.activations.softmax, 2) is not None) == softmax
        assert (loss.on_logits(rn.activations.sigmoid, 2) is not None) == sigmoid
        assert loss.on_logits(rn.activations.tanh, 2) is None
    other_axis = losses.CategoricalCrossentropy(axis=1)
    assert other_axis.on_logits(rn.activations.softmax, 3) is None
    assert other_axis.on_logits(rn.activations.softmax, 2) is not None  # the same axis
    ignoring = losses.SparseCategoricalCrossentropy(ignore_class=0)
    assert ignoring.on_logits(rn.activations.softmax, 2) is None


def test_gradients_at_kinks_and_bounds():
    """TensorFlow's conventions where there is no derivative."""

    def slope(loss, t, y):
        return float(loss.gradient(np.array([[t]]), np.array([[y]]))[0, 0])

    sixty_four = {"dtype": "float64"}
    assert slope(losses.MeanAbsoluteError(**sixty_four), 1.5, 1.5) == 0
    assert slope(losses.MeanAbsolutePercentageError(**sixty_four), 1.5, 1.5) == 0
    assert slope(losses.Huber(delta=0.5, **sixty_four), 1.0, 1.5) == 0.5
    assert slope(losses.BinaryCrossentropy(**sixty_four), 1.0, 0.0) == 0
    assert slope(losses.BinaryCrossentropy(**sixty_four), 1.0, 1.0) == 0
    assert slope(losses.BinaryCrossentropy(**sixty_four), 1.0, 1e-7) == pytest.approx(-1e7)
    assert slope(losses.KLDivergence(**sixty_four), 0.5, 1.0) == -0.5
    assert slope(losses.MeanSquaredLogarithmicError(**sixty_four), 1.0, -1.0) == 0
    assert slope(losses.Hinge(**sixty_four), 1.0, 1.0) == -1.0
    assert slope(losses.SquaredHinge(**sixty_four), 1.0, 1.0) == 0
    tied = losses.CategoricalHinge(**sixty_four)
    t, y = np.array([[1.0, 0.0, 0.0]]), np.array([[0.2, 0.7, 0.7]])
    np.testing.assert_array_equal(tied.gradient(t, y), [[-1.0, 0.5, 0.5]])
    zero = losses.CosineSimilarity(**sixty_four).gradient(np.array([[3.0, 4.0]]), np.zeros((1, 2)))
    np.testing.assert_allclose(zero, [[-0.6e7, -0.8e7]])


def test_ctc_sums_over_all_alignments():
    x = np.random.default_rng(4).standard_normal((1, 4, 3))
    p = np.exp(x[0]) / np.exp(x[0]).sum(axis=1, keepdims=True)
    for labels in ([1, 2], [1, 1], [2, 0], [0, 0]):
        total = 0.0
        for path in itertools.product(range(3), repeat=4):
            merged = [k for k, _ in itertools.groupby(path) if k != 0]
            if merged == [k for k in labels if k]:
                total += np.prod([p[t, k] for t, k in enumerate(path)])
        assert losses.CTC(dtype="float64")(np.array([labels]), x) == pytest.approx(-np.log(total))


def test_labels_that_fit_in_no_way_have_an_infinite_ctc_loss():
    loss = losses.CTC(reduction="none", dtype="float64")
    x = np.zeros((2, 3, 4))
    value, gradient = loss.value_and_gradient(np.array([[1, 1, 1], [1, 1, 0]]), x)
    assert np.isinf(value[0]) and np.isfinite(value[1])
    assert not gradient[0].any() and gradient[1].any()


def test_bad_input_is_refused_in_one_line():
    sparse, ones = losses.SparseCategoricalCrossentropy(), np.full((2, 3), 1 / 3)
    with pytest.raises(ValueError, match="label 3.*3 classes 0 to 2"):
        sparse(np.array([0, 3]), ones)
    with pytest.raises(ValueError, match="label -1"):
        sparse(np.array([0, -1]), ones)
    with pytest.raises(ValueError, match=r"shape.*\(3,\).*\(2, 3\)"):
        sparse(np.array([0, 1, 2]), ones)
    with pytest.raises(ValueError, match="contains NaN"):
        losses.MeanSquaredError()(np.array([[np.nan, 1.0]]), ones[:1, :2])
    for loss in (losses.BinaryCrossentropy(), losses.CategoricalCrossentropy()):
        with pytest.raises(ValueError, match=r"same shape.*\(2, 4\).*\(2, 3\)"):
            loss(np.ones((2, 4)), ones)
    with pytest.raises(ValueError, match=r"same shape.*\(4, 3\).*\(2, 3\)"):
        losses.MeanSquaredError()(np.ones((4, 3)), ones)
    with pytest.raises(ValueError, match="`reduction`.*average"):
        losses.MeanSquaredError(reduction="average")
    with pytest.raises(ValueError, match=r"weights.*\(3,\).*losses of shape \(2,\)"):
        losses.MeanSquaredError()(ones, ones, sample_weight=np.ones(3))
    steps = np.ones((2, 3, 4))
    with pytest.raises(ValueError, match=r"weights of shape \(2,\).*mask of shape \(2, 3\)"):
        losses.MeanSquaredError()(steps, steps, sample_weight=np.ones(2), mask=np.ones((2, 3)))
    with pytest.raises(ValueError, match="Unknown loss: 'mean_squarred'"):
        losses.get("mean_squarred")
    with pytest.raises(ValueError, match="needs a gradient"):
        losses.get(lambda y_true, y_pred: 0.0)
    with pytest.raises(ValueError, match="`axis` must be of type `int`"):
        losses.CategoricalCrossentropy(axis=True)


def test_the_other_losses_refuse_bad_input_in_one_line():
    x = np.zeros((2, 3, 4))
    with pytest.raises(ValueError, match=r"\(batch, labels\).*\(2,\)"):
        losses.CTC()(np.ones(2), x)
    with pytest.raises(ValueError, match="label 4.*4 classes 0 to 3"):
        losses.CTC()(np.array([[4], [1]]), x)
    with pytest.raises(ValueError, match="labels behind a 0"):
        losses.CTC()(np.array([[1, 0, 2], [1, 2, 0]]), x)
    with pytest.raises(ValueError, match=r"\(batch, d\).*\(3,\).*\(2, 5\)"):
        losses.Circle()(np.ones(3), np.ones((2, 5)))
    with pytest.raises(ValueError, match="interval.*q=1"):
        losses.CategoricalGeneralizedCrossEntropy(q=1)
    with pytest.raises(ValueError, match="label 2.*2 classes 0 to 1"):
        losses.CategoricalGeneralizedCrossEntropy()(np.array([2]), np.ones((1, 2)))
    for name in ("Dice", "Tversky", "CategoricalFocalCrossentropy"):
        with pytest.raises(ValueError, match=r"same shape.*\(2, 3\).*\(2, 4\)"):
            getattr(losses, name)()(np.ones((2, 3)), np.ones((2, 4)))


def test_infinite_targets_are_no_nan():
    loss = losses.MeanAbsoluteError()
    assert loss(np.array([[np.inf, 1.0]]), np.ones((1, 2))) == np.inf


def test_no_samples_have_no_values():
    nothing = np.ones((0, 3))
    for name in ("MeanSquaredError", "BinaryCrossentropy", "Hinge", "Poisson"):
        values, gradient = getattr(losses, name)().value_and_gradient(nothing, nothing)
        assert values.shape == (0,) and gradient.shape == (0, 3)


def test_a_mean_over_nothing_is_zero():
    loss = losses.MeanSquaredError(reduction="mean_with_sample_weight", dtype="float64")
    value, gradient = loss.value_and_gradient(np.ones((2, 3)), np.zeros((2, 3)), np.zeros(2))
    assert value == 0 and not gradient.any()
    loss = losses.MeanSquaredError(dtype="float64")
    mask = np.zeros(2, bool)
    value, gradient = loss.value_and_gradient(np.ones((2, 3)), np.zeros((2, 3)), mask=mask)
    assert value == 0 and not gradient.any()
