"""Baselines from scikit-learn: what a network must beat to have been worth the trouble."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from comparisons.harness.bilingual import Words
from comparisons.harness.datasets import Dataset, mnist_subset
from comparisons.harness.statistics import corrected_interval
from comparisons.harness.titanic.folds import folds
from comparisons.harness.titanic.passengers import load_titanic
from comparisons.harness.titanic.preparation import preparation

MOST_ROWS = 20_000  # for a baseline whose time grows with their square, and for a tree of a forest
MANY_ROWS = 5000  # from here on boosting is done with binned values
FOREST_JOBS = 2  # processor cores a forest may use, whatever the machine has

# x and y to train on, x and y to test on
Split = tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]
# The scores by key, from a fitted model, what it predicted, and x and y to test on
Scoring = Callable[[BaseEstimator, np.ndarray, ArrayLike, ArrayLike], dict[str, float]]
# Called with the splits that are done, and their number
Progress = Callable[[int, int], None]


class WomenFirst(ClassifierMixin, BaseEstimator):
    """The rule of the lifeboats: women survive, men do not.

    The prediction learns nothing. The probability is the share of survivors of each sex among the
    training passengers, with Laplace's rule (k + 1)/(n + 2), so that it is never 0 or 1.
    """

    def fit(self, frame: pd.DataFrame, survived: np.ndarray) -> WomenFirst:
        """Count the survivors of each sex."""
        women = (frame["sex"] == "female").to_numpy()
        survived = np.asarray(survived)
        self.classes_ = np.array([0, 1])
        self.rates_ = {
            of_women: (survived[women == of_women].sum() + 1) / ((women == of_women).sum() + 2)
            for of_women in (False, True)
        }
        return self

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """1 for women, 0 for men."""
        return (frame["sex"] == "female").to_numpy().astype(int)

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """The probabilities (passengers, 2) of dying and of surviving."""
        women = (frame["sex"] == "female").to_numpy()
        rate = np.where(women, self.rates_[True], self.rates_[False])
        return np.column_stack([1 - rate, rate])


@dataclass(frozen=True)
class Baseline:
    """A classifier and what it is called.

    Args:
        quadratic: whether its time grows with the square of the number of rows.
    """

    name: str
    name_ja: str
    model: BaseEstimator
    quadratic: bool = False


def share_of_a_tree(rows: int, splits: int) -> float | None:
    """The share of a training side that each tree of a forest is grown on; None for all of it."""
    share = MOST_ROWS / (rows * (1 - 1 / splits))
    return share if share < 1 else None


def feasible(models: list[Baseline], rows: int) -> list[Baseline]:
    """The models without those that would take hours for so many rows."""
    return [model for model in models if rows <= MOST_ROWS or not model.quadratic]


def of_folds(splits: int, repeats: int) -> Words:
    """How the rows are split into training and test data."""
    times = "1 repeat" if repeats == 1 else f"{repeats} repeats"
    return f"{splits} folds × {times}", f"{splits}分割×{repeats}回の交差検証"


def of_many_rows(rows: int, splits: int) -> Words:
    """What is said of the models where the rows are many."""
    many, sampled = rows > MOST_ROWS, share_of_a_tree(rows, splits) is not None
    return (
        f"; none whose time grows with the square of the rows, beyond {MOST_ROWS:,} of them" * many
        + f"; each tree of the forest on about {MOST_ROWS:,} rows drawn anew" * sampled,
        f"。{MOST_ROWS:,}行を超えるため、計算時間が行数の2乗で増える手法は省いた" * many
        + f"。ランダムフォレストの各決定木は、木ごとに抽出した約{MOST_ROWS:,}行で学習" * sampled,
    )


def titanic_models(rows: int, splits: int, seed: int = 0) -> list[Baseline]:
    """The classifiers for so many passengers, each with its preparation: both are fitted together.

    Where the rows are many, in forms that do not take hours.
    """

    def prepared(model: BaseEstimator) -> BaseEstimator:
        return make_pipeline(preparation(), model)

    logistic = LogisticRegression(max_iter=1000)
    few = rows < MANY_ROWS
    boosting = GradientBoostingClassifier if few else HistGradientBoostingClassifier
    # A support vector machine has no probabilities: a sigmoid over its margins is fitted by
    # cross-validation within the training part.
    vectors = CalibratedClassifierCV(SVC(), ensemble=False)
    neighbours = KNeighborsClassifier(n_neighbors=15)
    forest = RandomForestClassifier(
        n_estimators=200,
        min_samples_leaf=3,
        max_samples=share_of_a_tree(rows, splits),
        n_jobs=FOREST_JOBS,
        random_state=seed,
    )
    found = [
        Baseline("Majority class", "多数派クラス", DummyClassifier(strategy="prior")),
        Baseline("Women first", "女性優先の規則", WomenFirst()),
        Baseline("Logistic regression", "ロジスティック回帰", prepared(logistic)),
        Baseline("Random forest", "ランダムフォレスト", prepared(forest)),
        Baseline("Gradient boosting", "勾配ブースティング", prepared(boosting(random_state=seed))),
        Baseline("Support vector machine", "サポートベクターマシン", prepared(vectors), True),
        Baseline("k nearest neighbours", "k近傍法", prepared(neighbours), True),
    ]
    return feasible(found, rows)


def mnist_models(seed: int = 0) -> list[Baseline]:
    """The classifiers for MNIST, on flat images."""
    logistic = LogisticRegression(C=0.1, tol=1e-3, max_iter=1000)
    forest = RandomForestClassifier(n_jobs=FOREST_JOBS, random_state=seed)
    # Few trees over a tenth of the pixels at a time: enough here, and much faster.
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.2,
        max_iter=20,
        max_leaf_nodes=15,
        max_bins=32,
        max_features=0.1,
        random_state=seed,
    )
    return [
        Baseline("Majority class", "多数派クラス", DummyClassifier(strategy="prior")),
        Baseline("Logistic regression", "ロジスティック回帰", logistic),
        Baseline("Random forest", "ランダムフォレスト", forest),
        Baseline("Gradient boosting", "勾配ブースティング", boosting),
        Baseline("Support vector machine", "サポートベクターマシン", SVC(C=5)),
        Baseline("k nearest neighbours", "k近傍法", KNeighborsClassifier(n_neighbors=3)),
    ]


def untold(done: int, total: int) -> None:
    """Progress that nobody is told of."""


def run_titanic_baselines(
    frame: pd.DataFrame | None = None,
    splits: int = 5,
    repeats: int = 2,
    seed: int = 0,
    progress: Progress = untold,
) -> list[dict]:
    """Every baseline over the folds of `titanic.folds`, trained on the whole training side.

    Args:
        frame: passengers as `load_titanic` gives them; by default all of them.
        splits, repeats, seed: as for `titanic.folds`, so that a network can be given the same.
        progress: told of the folds.

    Returns:
        One record a baseline: {"name", "name_ja", "data": what was drawn, "scores": {"accuracy",
        "roc_auc", "log_loss" (natural logarithm)}: each {"mean", "low", "high", "values"} over the
        folds with the corrected 95 % interval, "seconds": mean time of fitting and predicting a
        fold}.

    Raises:
        DataError: see `titanic.folds` and `load_titanic`.
    """
    frame = load_titanic().frame if frame is None else frame
    models = titanic_models(len(frame), splits, seed)
    (split, split_ja), (many, many_ja) = of_folds(splits, repeats), of_many_rows(len(frame), splits)
    data = (
        f"Titanic: {len(frame)} passengers, {split}, parties that share a ticket kept together, "
        f"seed {seed}{many}",
        f"タイタニック：乗客{len(frame)}人、{split_ja}、同じ切符の同行者は別々のデータに分けない、"
        f"シード{seed}{many_ja}",
    )

    def drawn() -> Iterator[Split]:
        for fold in folds(frame, splits, repeats, seed):
            train, test = frame.iloc[fold.train_index], frame.iloc[fold.test_index]
            yield train, train["survived"], test, test["survived"]

    count, shared = splits * repeats, 1 / (splits - 1)
    return _records(models, drawn(), count, _of_two_classes, data, progress, shared)


def run_mnist_baselines(
    train: int = 5000,
    test: int | None = 2000,
    seeds: Sequence[int] = (0, 1, 2),
    progress: Progress = untold,
) -> list[dict]:
    """Every baseline on seeded parts of MNIST, one draw a seed.

    The whole of MNIST would take a support vector machine minutes; the part is named in "data".

    Returns:
        As `run_titanic_baselines`, with "accuracy" alone; the interval is over draws.

    Raises:
        ValueError, DataError: see `mnist_subset`.
    """
    parts = [mnist_subset(train=train, test=test, seed=seed, flat=True) for seed in seeds]
    drawn_with = ", ".join(str(seed) for seed in seeds)
    data = (
        f"MNIST: {len(parts[0].x_train):,} training and {len(parts[0].x_test):,} test images, "
        f"drawn with seeds {drawn_with}",
        f"MNIST：訓練画像{len(parts[0].x_train):,}枚とテスト画像{len(parts[0].x_test):,}枚、"
        f"シードは{drawn_with}",
    )
    return run_baselines(mnist_models(), parts, data, progress)


def run_baselines(
    models: Sequence[Baseline],
    parts: Sequence[Dataset],
    data: Words,
    progress: Progress = untold,
) -> list[dict]:
    """Baselines of a concept's own, each trained and tested on every one of the datasets.

    Args:
        data: what was drawn from what.
        progress: told of the datasets.

    Returns:
        As `run_titanic_baselines`, with "accuracy" alone; the interval is over the datasets.
    """
    drawn = [(part.x_train, part.y_train, part.x_test, part.y_test) for part in parts]
    return _records(models, drawn, len(drawn), _by_accuracy, data, progress)


def run_fold_baselines(
    models: Sequence[Baseline],
    parts: Iterable[Dataset],
    data: Words,
    scoring: Scoring,
    splits: int,
    repeats: int,
    progress: Progress = untold,
) -> list[dict]:
    """Baselines over folds, each trained on the whole training side: validation rows too.

    Args:
        parts: the folds of all repeats, of which one at a time is held.
        data: what was drawn from what.
        scoring: what is measured.
        splits: number of folds of a repeat.
        repeats: number of repeats.
        progress: told of the folds.

    Returns:
        As `run_titanic_baselines`.
    """
    drawn = (
        (
            np.concatenate([part.x_train, part.x_validation]),
            part.in_units(np.concatenate([part.y_train, part.y_validation])).reshape(-1),
            part.x_test,
            part.in_units(part.y_test).reshape(-1),
        )
        for part in parts
    )
    count, shared = splits * repeats, 1 / (splits - 1)
    return _records(models, drawn, count, scoring, data, progress, shared)


def _by_accuracy(model: BaseEstimator, predicted: np.ndarray, x, y) -> dict[str, float]:
    return {"accuracy": accuracy_score(y, predicted)}


def _of_two_classes(model: BaseEstimator, predicted: np.ndarray, x, y) -> dict[str, float]:
    probability = model.predict_proba(x)[:, 1]
    return {
        **_by_accuracy(model, predicted, x, y),
        "roc_auc": roc_auc_score(y, probability),
        "log_loss": log_loss(y, probability),
    }


def _records(
    models: Sequence[Baseline],
    drawn: Iterable[Split],
    count: int,
    scoring: Scoring,
    data: Words,
    progress: Progress,
    test_over_train: float = 0.0,
) -> list[dict]:
    """Fit and score every baseline on each of `count` splits, before the next is drawn."""
    found: list[list[dict]] = [[] for _ in models]
    seconds: list[list[float]] = [[] for _ in models]
    # One thread for the numerical libraries: several wait for one another on a busy machine.
    with threadpool_limits(1):
        for done, (x_train, y_train, x_test, y_test) in enumerate(drawn):
            for baseline, scores, times in zip(models, found, seconds):
                progress(done, count)
                start = time.perf_counter()
                model = clone(baseline.model).fit(x_train, y_train)
                predicted = model.predict(x_test)
                times.append(time.perf_counter() - start)
                scores.append(scoring(model, predicted, x_test, y_test))
    return [
        {
            "name": baseline.name,
            "name_ja": baseline.name_ja,
            "data": data,
            "scores": {
                score: corrected_interval([values[score] for values in scores], test_over_train)
                for score in scores[0]
            },
            "seconds": float(np.mean(times)),
        }
        for baseline, scores, times in zip(models, found, seconds)
    ]
