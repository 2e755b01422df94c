"""The metrics by hand, over batches, in their dtypes, and on bad input."""

import json

import numpy as np
import pytest

from comparisons.harness.conformance.families.metrics import make, results
from comparisons.harness.conformance.metric_cases import CASES
from reference_numpy import losses, metrics, serialization

BY_CASE = pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])


@BY_CASE
def test_a_reset_metric_is_as_new(case):
    metric = make(case)
    first = results(metric, case.batches)
    metric.reset_state()
    assert not any(variable.any() for variable in metric.variables)
    for before, after in zip(first, results(metric, case.batches), strict=True):
        np.testing.assert_array_equal(before, after)


@BY_CASE
def test_config_makes_the_same_metric(case):
    metric = make(case)
    again = serialization.deserialize(json.loads(json.dumps(serialization.serialize(metric))))
    assert type(again) is type(metric) and again.get_config() == metric.get_config()
    np.testing.assert_array_equal(
        results(again, case.batches)[-1], results(metric, case.batches)[-1]
    )


@BY_CASE
def test_precision_is_kept(case):
    metric = make(case, "float32")
    batches = [
        [x.astype("float32") if getattr(x, "dtype", None) == "float64" else x for x in batch]
        for batch in case.batches
    ]
    for result in results(metric, batches):
        assert result.dtype == "float32"
    assert {variable.dtype.name for variable in metric.variables} == {"float32"}


@BY_CASE
def test_inputs_stay_untouched(case):
    batches = [[np.array(x) for x in batch] for batch in case.batches]
    results(make(case), batches)
    for before, after in zip(case.batches, batches, strict=True):
        for x, y in zip(before, after, strict=True):
            np.testing.assert_array_equal(x, y)


def test_accuracy_by_hand():
    metric = metrics.SparseCategoricalAccuracy()
    y_pred = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    metric.update_state([1, 1, 1], y_pred)
    assert metric.result() == pytest.approx(2 / 3)
    metric.update_state([0], [[0.6, 0.4]], sample_weight=[3.0])
    assert metric.result() == pytest.approx((2 + 3) / 6)
    assert metrics.BinaryAccuracy()([1, 0, 1, 0], [0.5, 0.5, 0.51, 0.9]) == 0.5


def test_masked_entries_do_not_count():
    metric = metrics.MeanSquaredError(dtype="float64")
    y_true, y_pred = np.zeros((2, 3, 1)), np.arange(6.0).reshape(2, 3, 1)
    metric.update_state(y_true, y_pred, mask=np.array([[True, True, False], [False, True, False]]))
    # Each sample counts with its share of valid steps.
    assert metric.result() == pytest.approx((0 + 1 + 16) / 3)
    ignoring = metrics.SparseCategoricalCrossentropy(ignore_class=-1, dtype="float64")
    plain = metrics.SparseCategoricalCrossentropy(dtype="float64")
    y_pred = np.array([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5]])
    assert ignoring([0, -1, 1], y_pred) == plain([0, 1], y_pred[[0, 2]])
    masked = metrics.SparseCategoricalCrossentropy(ignore_class=-1, dtype="float64")
    masked.update_state([[0], [-1], [1]], y_pred, mask=[False, True, True])
    assert masked.result() == pytest.approx(-np.log(0.5))


@pytest.mark.parametrize("weights", [None, [2.0, 3.0, 1.0]])
def test_what_a_function_ignores_does_not_count(weights):
    """Keras counts it as zeros where there are no weights."""
    y_true, y_pred = np.array([0, -1, 1]), np.array([[0.2, 0.8], [0.4, 0.6], [0.5, 0.5]])
    keras, (first, last) = pytest.importorskip("keras"), -np.log([0.2, 0.5])
    name, how = "sparse_categorical_crossentropy", {"ignore_class": -1, "dtype": "float64"}
    metric = metrics.MeanMetricWrapper(name, **how)
    a, b = (1, 1) if weights is None else (weights[0], weights[2])
    assert metric(y_true, y_pred, weights) == pytest.approx((a * first + b * last) / (a + b))
    theirs = keras.metrics.MeanMetricWrapper(getattr(keras.losses, name), ignore_class=-1)
    times = 2 / 3 if weights is None else 1
    assert float(theirs(y_true, y_pred, weights)) == pytest.approx(times * float(metric.result()))


def test_any_function_or_loss_is_a_metric():
    y_true, y_pred = np.array([[0.0, 1.0]]), np.array([[0.5, 3.0]])
    huber = metrics.get(losses.Huber(delta=0.5, dtype="float64"))
    assert huber(y_true, y_pred) == losses.Huber(delta=0.5, dtype="float64")(y_true, y_pred)
    assert (huber.name, huber.direction) == ("huber_loss", "down")
    wrapper = metrics.MeanMetricWrapper("huber", name="h", dtype="float64", delta=0.5)
    assert wrapper(y_true, y_pred) == huber.result()
    again = metrics.deserialize(serialization.serialize(wrapper))
    assert again(y_true, y_pred) == wrapper.result() and again.name == "h"
    assert metrics.get(losses.huber).name == "huber"
    assert metrics.get(losses.huber.serialize())(y_true, y_pred) == pytest.approx(0.8125)
    last = metrics.get(lambda y_true, y_pred: y_pred[:, -1])
    assert last(y_true, y_pred) == 3.0


def test_names_find_the_metrics():
    for name in ("mse", "MSE", "mean_squared_error", "MeanSquaredError"):
        assert type(metrics.get(name)) is metrics.MeanSquaredError
    assert metrics.get(None) is None
    with pytest.raises(ValueError, match="Unknown metric: 'acuracy'"):
        metrics.get("acuracy")
    with pytest.raises(ValueError, match="Could not interpret metric"):
        metrics.get(3)
    with pytest.raises(ValueError, match="`fn` must be callable. Received: fn=3"):
        metrics.MeanMetricWrapper(3)


def test_counts_by_hand():
    y_true, y_pred = np.array([1, 0, 1, 1, 0]), np.array([0.9, 0.6, 0.5, 0.2, 0.1])
    expected = {
        "TruePositives": [2, 1],
        "FalsePositives": [1, 1],
        "TrueNegatives": [1, 1],
        "FalseNegatives": [1, 2],
        "Precision": [2 / 3, 1 / 2],
        "Recall": [2 / 3, 1 / 3],
    }
    for name, counts in expected.items():
        metric = getattr(metrics, name)(thresholds=[0.4, 0.5])
        np.testing.assert_allclose(metric(y_true, y_pred), counts, rtol=1e-6)
    # Of the two thresholds at which three quarters of the noes are seen, the lower finds more.
    y_true, y_pred = np.array([0, 0, 0, 0, 1, 1]), np.array([0.0, 0.1, 0.2, 0.7, 0.3, 0.8])
    assert metrics.SensitivityAtSpecificity(0.75)(y_true, y_pred) == 1.0
    assert metrics.SensitivityAtSpecificity(0.8)(y_true, y_pred) == 0.5
    assert metrics.SpecificityAtSensitivity(0.6)(y_true, y_pred) == 0.75
    assert metrics.PrecisionAtRecall(0.6)(y_true, y_pred) == pytest.approx(2 / 3)
    assert metrics.RecallAtPrecision(0.6)(y_true, y_pred) == 1.0


def test_areas_of_three_thresholds_by_hand():
    batch = np.array([0, 0, 1, 1]), np.array([0.0, 0.5, 0.3, 0.9])
    # (fp rate, recall) is (1, 1), (0, 1/2), (0, 0) at the three thresholds.
    for method, area in (("interpolation", 0.75), ("majoring", 1.0), ("minoring", 0.5)):
        assert metrics.AUC(3, summation_method=method)(*batch) == pytest.approx(area)


def test_the_top_k_by_hand():
    y_pred = [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]
    for k, share in ((1, 0), (2, 0.5), (3, 1)):
        assert metrics.SparseTopKCategoricalAccuracy(k)([2, 2], y_pred) == share


def test_areas_are_scikit_learns():
    from sklearn.metrics import roc_auc_score

    generator = np.random.default_rng(0)
    y_true = generator.integers(0, 2, 400)
    y_pred = np.clip(0.3 * y_true + 0.7 * generator.random(400), 0, 1)
    weights = generator.uniform(0.2, 2, 400)
    metric = metrics.AUC(num_thresholds=20001)
    metric.update_state(y_true[:150], y_pred[:150], weights[:150])
    metric.update_state(y_true[150:], y_pred[150:], weights[150:])
    exact = roc_auc_score(y_true, y_pred, sample_weight=weights)
    assert metric.result() == pytest.approx(exact, abs=1e-4)


def test_scores_and_regions_are_scikit_learns():
    from sklearn.metrics import fbeta_score, jaccard_score, r2_score

    generator = np.random.default_rng(1)
    y_true, y_pred = generator.integers(0, 3, (2, 60))
    for average in (None, "micro", "macro", "weighted"):
        ours = metrics.FBetaScore(average, 2.0)(np.eye(3)[y_true], np.eye(3)[y_pred])
        exact = fbeta_score(y_true, y_pred, beta=2.0, average=average)
        np.testing.assert_allclose(ours, exact, atol=1e-6)
    ours = metrics.MeanIoU(3)(y_true, y_pred)
    assert ours == pytest.approx(jaccard_score(y_true, y_pred, average="macro"), abs=1e-6)
    y_true, y_pred = generator.standard_normal((2, 30, 2))
    ours = metrics.R2Score("variance_weighted_average")(y_true, y_pred)
    exact = r2_score(y_true, y_pred, multioutput="variance_weighted")
    assert ours == pytest.approx(exact, rel=1e-5)


def test_one_hot_regions_may_have_their_classes_on_any_axis():
    generator = np.random.default_rng(2)
    y_true, y_pred = generator.integers(0, 3, (2, 2, 4, 5))
    images = [np.moveaxis(np.eye(3)[y], -1, 1) for y in (y_true, y_pred)]
    plain = metrics.MeanIoU(3)(y_true, y_pred)
    assert metrics.OneHotMeanIoU(3, axis=1)(*images) == plain


def test_too_few_numbers_for_an_adjusted_score():
    y_true, y_pred = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [2.5], [3.0]])
    plain = metrics.R2Score()(y_true, y_pred)
    for regressors in (2, 3):
        with pytest.warns(UserWarning, match="too few"):
            assert metrics.R2Score(num_regressors=regressors)(y_true, y_pred) == plain
    assert metrics.R2Score(num_regressors=1)(y_true, y_pred) < plain


def test_all_of_a_total_is_all_of_it():
    """With weights of samples, too, a recall of 1 can be reached: nothing is left to rounding."""
    for seed in range(40):
        generator = np.random.default_rng(seed)
        y_true, weights = generator.integers(0, 2, 60), generator.random(60)
        y_pred = generator.random(60).astype("float32")
        cutoffs = np.arange(200) / 199
        cutoff = cutoffs[cutoffs < y_pred[y_true == 1].min()].max(initial=0.0)
        noes = weights * (y_true == 0)
        exact = noes[y_pred <= cutoff].sum() / noes.sum()
        ours = metrics.SpecificityAtSensitivity(1.0)(y_true, y_pred, weights)
        assert ours == pytest.approx(exact, abs=1e-5)


@pytest.mark.parametrize(
    ("make_it", "message"),
    [
        (lambda: metrics.Precision(thresholds=1.5), r"in \[0, 1\]. Received: \[1.5\]"),
        (lambda: metrics.Recall(class_id=1)([1, 0], [0.2, 0.4]), r"class_id.*shape=\(2,\)"),
        (lambda: metrics.Recall(class_id=2)(np.ones((3, 2)), np.ones((3, 2))), "classes 0 to 1"),
        (lambda: metrics.PrecisionAtRecall(1.2), "`recall`.*recall=1.2"),
        (lambda: metrics.RecallAtPrecision(0.5, num_thresholds=0), "num_thresholds=0"),
        (lambda: metrics.AUC(num_thresholds=1), "num_thresholds=1"),
        (lambda: metrics.AUC(curve="LIFT"), "AUC curve.*LIFT"),
        (lambda: metrics.AUC(summation_method="simpson"), "AUC summation_method.*simpson"),
        (lambda: metrics.AUC(num_labels=3), "num_labels=3"),
        (lambda: metrics.AUC(multi_label=True)([1, 0], [0.1, 0.2]), r"rank 2.*\(2,\)"),
        (lambda: metrics.F1Score(average="mean"), "average=mean"),
        (lambda: metrics.FBetaScore(beta=1), "beta=1"),
        (lambda: metrics.FBetaScore(beta=-1.0), "beta=-1.0"),
        (lambda: metrics.F1Score(threshold=0.0), "threshold=0.0"),
        (lambda: metrics.F1Score()([1, 0], [1, 0]), r"2D inputs.*\(2,\)"),
        (lambda: metrics.IoU(2, [2]), "class id 2 is out of range"),
        (lambda: metrics.R2Score(class_aggregation="sum"), "class_aggregation=sum"),
        (lambda: metrics.R2Score(num_regressors=-1), "num_regressors=-1"),
        (lambda: metrics.R2Score()(np.ones(3), np.ones(3)), r"2D inputs.*\(3,\)"),
    ],
)
def test_bad_input_is_refused_in_one_line(make_it, message):
    with pytest.raises(ValueError, match=message) as caught:
        make_it()
    assert "\n" not in str(caught.value)
