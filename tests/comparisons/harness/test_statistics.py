"""Intervals and tests against values worked by hand, published ones, and scipy's own tests."""

import math

import numpy as np
import pytest
from scipy import stats

from comparisons.harness.statistics import corrected_interval, interval, paired_effect, tost

# Student (1908): additional hours of sleep of ten patients with each of two drugs. The published
# paired test: t = 4.0621, p = 0.002833, 95 % interval of the difference 0.7001 to 2.4599.
DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]


def test_interval_by_hand():
    """1 … 5: m = 3, s = sqrt(2.5), t(0.975, 4) = 2.776445, half = t · s/sqrt(5) = 1.963243."""
    found = interval([1, 2, 3, 4, 5])
    assert found["mean"] == 3
    assert found["low"] == pytest.approx(3 - 1.963243, abs=1e-6)
    assert found["high"] == pytest.approx(3 + 1.963243, abs=1e-6)
    assert found["values"] == [1, 2, 3, 4, 5]
    # t(0.95, 4) = 2.131847
    assert interval([1, 2, 3, 4, 5], 0.9)["high"] == pytest.approx(3 + 1.507443, abs=1e-6)


def test_corrected_interval_by_hand():
    """Five folds: 1/n + 1/4 = 0.45 instead of 0.2, so the half width grows by sqrt(2.25) = 1.5."""
    found = corrected_interval([1, 2, 3, 4, 5], test_over_train=1 / 4)
    assert found["mean"] == 3
    assert found["high"] == pytest.approx(3 + 1.5 * 1.963243, abs=1e-6)
    assert found["low"] == pytest.approx(3 - 1.5 * 1.963243, abs=1e-6)


def test_interval_holds_the_mean_as_often_as_it_says():
    draws = np.random.default_rng(0).normal(5, 2, (2000, 6))
    found = [interval(draw) for draw in draws]
    assert np.mean([each["low"] < 5 < each["high"] for each in found]) == pytest.approx(
        0.95, abs=0.015
    )


def test_one_run_has_no_interval():
    assert interval([0.9]) == {"mean": 0.9, "low": None, "high": None, "values": [0.9]}
    assert corrected_interval([0.9], 0.25)["low"] is None
    effect = paired_effect([0.9], [0.8])
    assert effect["effect"] == pytest.approx(0.1)
    assert [effect[key] for key in ("low", "high", "p", "standardized")] == [None] * 4
    found = tost([0.9], [0.9], margin=0.1)
    assert (found["p"], found["equivalent"], found["low"]) == (None, None, None)


def test_runs_without_spread():
    assert interval([0.5, 0.5, 0.5]) | {"values": 0} == {
        "mean": 0.5,
        "low": 0.5,
        "high": 0.5,
        "values": 0,
    }
    same = paired_effect([1, 2], [1, 2])
    assert (same["effect"], same["p"], same["standardized"]) == (0, 1, None)
    shifted = paired_effect([2, 3], [1, 2])
    assert (shifted["effect"], shifted["p"], shifted["standardized"]) == (1, 0, None)
    assert tost([1, 2], [1, 2], margin=0.5)["p"] == 0
    assert tost([1, 2], [1, 2], margin=0.5)["equivalent"] is True
    assert tost([2, 3], [1, 2], margin=0.5)["p"] == 1
    assert tost([2, 3], [1, 2], margin=0.5)["equivalent"] is False
    assert tost([2, 3], [1, 2], margin=1)["equivalent"] is False  # at the margin, not within


def test_paired_effect_as_student_published_it():
    found = paired_effect(DRUG_2, DRUG_1)
    assert found["effect"] == pytest.approx(1.58)
    assert found["low"] == pytest.approx(0.7001, abs=1e-4)
    assert found["high"] == pytest.approx(2.4599, abs=1e-4)
    assert found["p"] == pytest.approx(0.002833, abs=1e-6)
    assert found["standardized"] == pytest.approx(4.0621 / math.sqrt(10), abs=1e-4)
    backwards = paired_effect(DRUG_1, DRUG_2)
    assert backwards["effect"] == -found["effect"]
    assert backwards["p"] == found["p"]


def test_paired_effect_corrected_for_repeated_folds():
    """t shrinks by sqrt((1/n) / (1/n + 1/4)) = sqrt(0.1/0.35)."""
    found = paired_effect(DRUG_2, DRUG_1, test_over_train=1 / 4)
    t = 4.062128 * math.sqrt(0.1 / 0.35)
    assert found["p"] == pytest.approx(2 * stats.t.sf(t, 9), rel=1e-5)
    assert found["high"] - 1.58 == pytest.approx((2.4599 - 1.58) * math.sqrt(3.5), abs=1e-3)


@pytest.mark.parametrize("margin", [0.5, 1.0, 2.0, 3.0])
def test_tost_is_two_one_sided_tests(margin):
    differences = np.subtract(DRUG_2, DRUG_1)
    above = stats.ttest_1samp(differences, -margin, alternative="greater").pvalue
    below = stats.ttest_1samp(differences, margin, alternative="less").pvalue
    found = tost(DRUG_2, DRUG_1, margin)
    p = float(max(above, below))
    assert found["p"] == pytest.approx(p)
    assert found["equivalent"] is (p < 0.05)
    # The same verdict from the 90 % interval.
    within = -margin < found["low"] and found["high"] < margin
    assert found["equivalent"] is within
    assert tost(DRUG_1, DRUG_2, margin)["p"] == pytest.approx(found["p"])


def test_tost_by_hand():
    """Differences 0.1, 0, -0.1 in a margin of 0.3: e = 0.1/sqrt(3), so t = 3·sqrt(3).

    With two degrees of freedom P(T > t) = (1 - t/sqrt(2 + t²))/2 = (1 - sqrt(27/29))/2.
    """
    found = tost([0.1, 0, -0.1], [0, 0, 0], margin=0.3)
    assert found["p"] == pytest.approx((1 - math.sqrt(27 / 29)) / 2, rel=1e-9)
    assert found["equivalent"] is True
    assert tost([0.1, 0, -0.1], [0, 0, 0], margin=0.1)["equivalent"] is False


def test_finding_no_difference_is_not_equivalence():
    a, b = [0.7, 0.9, 0.8], [0.9, 0.7, 0.8]
    assert paired_effect(a, b)["p"] == 1
    assert tost(a, b, margin=0.05)["equivalent"] is False


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"one number a run, got shape \(0,\)"):
        interval([])
    with pytest.raises(ValueError, match=r"got shape \(1, 2\)"):
        interval([[1, 2]])
    with pytest.raises(ValueError, match=r"expected finite numbers, got \[1.0, nan\]"):
        interval([1, math.nan])
    with pytest.raises(ValueError, match="`confidence` must be between 0 and 1, got 95"):
        interval([1, 2], confidence=95)
    with pytest.raises(ValueError, match="as many runs on both sides, got 2 and 3"):
        paired_effect([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="`margin` must be a positive number, got 0"):
        tost([1, 2], [1, 2], margin=0)
