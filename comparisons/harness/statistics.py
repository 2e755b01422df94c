"""Means with intervals, differences with intervals, and equivalence: what a few runs can tell.

Throughout, x_1 … x_n are n runs, m their mean, s their standard deviation (n - 1 in the
denominator), and t the quantile of Student's distribution with n - 1 degrees of freedom.

Two honest edges. One run has no spread: its interval is None, its test has no p. Runs without any
spread (s = 0, say three identical accuracies) make the interval a point and the p value 0 or 1:
that is the limit of the formulas, and says that the runs were equal, not that the next one will be.

Sources: Student (1908), The probable error of a mean, Biometrika 6(1). Nadeau and Bengio (2003),
Inference for the generalization error, Machine Learning 52; Bouckaert and Frank (2004), Evaluating
the replicability of significance tests for comparing learning algorithms, PAKDD. Schuirmann (1987),
A comparison of the two one-sided tests procedure and the power approach for assessing the
equivalence of average bioavailability, J. Pharmacokinetics and Biopharmaceutics 15(6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats


def interval(
    values: Sequence[float], confidence: float = 0.95, test_over_train: float = 0.0
) -> dict:
    """Mean and two-sided interval of independent runs: m ± t · s · sqrt(1/n + test_over_train).

    Args:
        values: one finite number a run.
        confidence: share of such intervals that hold the true mean, in (0, 1).
        test_over_train: 0 for independent runs; see `corrected_interval`.

    Returns:
        {"mean", "low", "high", "values"}; `low` and `high` are None for a single run.

    Raises:
        ValueError: no values, or one that is not finite.
    """
    values = _runs(values)
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` must be between 0 and 1, got {confidence}")
    mean = float(np.mean(values))
    low = high = None
    if len(values) > 1:
        quantile = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1))
        half = quantile * _standard_error(values, test_over_train)
        low, high = mean - half, mean + half
    return {"mean": mean, "low": low, "high": high, "values": values.tolist()}


def corrected_interval(
    values: Sequence[float], test_over_train: float, confidence: float = 0.95
) -> dict:
    """`interval` for repeated cross-validation, whose runs share training data.

    Their mean varies more than s²/n says. Nadeau and Bengio's correction puts
    s² · (1/n + n_test/n_train) in its place; for k folds n_test/n_train = 1/(k - 1), whatever the
    number of repeats (Bouckaert and Frank).
    """
    return interval(values, confidence, test_over_train)


def paired_effect(
    a: Sequence[float],
    b: Sequence[float],
    confidence: float = 0.95,
    test_over_train: float = 0.0,
) -> dict:
    """The difference a - b over runs paired by seed or fold, by Student's paired t-test.

    Returns:
        {"effect": mean of a - b, "low", "high": its interval, "p": two-sided p value of no
        difference, "standardized": effect / s (Cohen's d of paired runs; None where s = 0),
        "values": the differences}. With one pair all but `effect` and `values` are None.

    Raises:
        ValueError: unpaired lengths, no values, or one that is not finite.
    """
    differences = _differences(a, b)
    summary = interval(differences, confidence, test_over_train)
    p = standardized = None
    if len(differences) > 1:
        error = _standard_error(differences, test_over_train)
        effect = summary["mean"]
        p = min(1.0, 2 * _upper_tail(abs(effect), error, len(differences)))
        if error > 0:
            standardized = effect / float(np.std(differences, ddof=1))
    return {
        "effect": summary["mean"],
        "low": summary["low"],
        "high": summary["high"],
        "p": p,
        "standardized": standardized,
        "values": summary["values"],
    }


def tost(
    a: Sequence[float],
    b: Sequence[float],
    margin: float,
    alpha: float = 0.05,
    test_over_train: float = 0.0,
) -> dict:
    """Equivalence by two one-sided paired t-tests: is |mean of a - b| surely below the margin?

    With e the standard error of m: p = max(P(T > (m + margin)/e), P(T > (margin - m)/e)). At
    p < alpha the (1 - 2·alpha) interval of the difference lies within ±margin. That no difference
    was *found* is no such proof: few noisy runs find none, and are not equivalent either.

    Returns:
        {"effect", "low", "high": mean difference and its (1 - 2·alpha) interval, "margin", "p",
        "equivalent": p < alpha}. With one pair p, low, high are None and so is `equivalent`: it
        cannot be told.

    Raises:
        ValueError: a margin that is not positive; otherwise as `paired_effect`.
    """
    if not 0 < margin < math.inf:
        raise ValueError(f"`margin` must be a positive number, got {margin}")
    differences = _differences(a, b)
    summary = interval(differences, 1 - 2 * alpha, test_over_train)
    p = equivalent = None
    if len(differences) > 1:
        error = _standard_error(differences, test_over_train)
        effect, n = summary["mean"], len(differences)
        p = max(_upper_tail(margin + effect, error, n), _upper_tail(margin - effect, error, n))
        equivalent = p < alpha
    return {
        "effect": summary["mean"],
        "low": summary["low"],
        "high": summary["high"],
        "margin": margin,
        "p": p,
        "equivalent": equivalent,
    }


def _runs(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype="float64")
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"expected a list with one number a run, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"expected finite numbers, got {array.tolist()}")
    return array


def _differences(a: Sequence[float], b: Sequence[float]) -> np.ndarray:
    a, b = _runs(a), _runs(b)
    if len(a) != len(b):
        raise ValueError(f"expected as many runs on both sides, got {len(a)} and {len(b)}")
    return a - b


def _standard_error(values: np.ndarray, test_over_train: float) -> float:
    return float(np.std(values, ddof=1)) * math.sqrt(1 / len(values) + test_over_train)


def _upper_tail(distance: float, error: float, n: int) -> float:
    """P(T > distance / error) for n - 1 degrees of freedom, and its limit where error is 0."""
    if error == 0:
        return 0.5 if distance == 0 else float(distance < 0)
    return float(stats.t.sf(distance / error, n - 1))
