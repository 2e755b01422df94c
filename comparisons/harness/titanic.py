"""Titanic: from passengers to matrices without a leak, and folds that keep parties together.

Nothing is learned from a passenger who is to be predicted: medians, most frequent values, means and
deviations come from the training part of each fold alone. Left out on purpose:

- `boat` is known of those who reached a lifeboat and `body` of the dead, so both give the answer;
- `cabin` is known of most in first class and of few others, and within each class more often of
  survivors, who could tell it: in part a leak. (Its deck, or that it is known, moved the accuracy
  of the baselines by less than half a point either way.)
- `ticket` and `home.dest` are names of parties and places, too many for 1309 rows; the ticket
  decides which passengers stay in one fold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from comparisons.harness.datasets import CHOICES, DataError, Dataset

TITLES = ("Master", "Miss", "Mr", "Mrs", "other")
MINIMUM_PARTIES = 20  # of each outcome: fewer tell nothing, and some baselines need as many
SAME_TITLE = {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs"}


class Fold(NamedTuple):
    """One split of repeated cross-validation: row numbers of both sides."""

    repeat: int
    fold: int
    train_index: np.ndarray
    test_index: np.ndarray


def titles(names: pd.DataFrame) -> pd.DataFrame:
    """The title in each name ("Braund, Mr. Owen" -> "Mr"): it tells boys and wives apart."""
    found = names["name"].astype("object").str.extract(r",\s*([^.]+)\.", expand=False)
    found = found.map(lambda title: SAME_TITLE.get(title, title))
    return found.where(found.isin(TITLES), "other").to_frame("title")


def _title_name(transformer: FunctionTransformer, names: np.ndarray) -> np.ndarray:
    return np.array(["title"], dtype="object")


def _categories(values: tuple, drop: str | None = None) -> Pipeline:
    """One column a value; the values are fixed, so that every fold has the same columns."""
    encoder = OneHotEncoder(
        categories=[list(values)], drop=drop, handle_unknown="ignore", sparse_output=False
    )
    return make_pipeline(SimpleImputer(strategy="most_frequent", keep_empty_features=True), encoder)


def preparation() -> ColumnTransformer:
    """The preparation, not yet fitted: passengers in, numbers without gaps out.

    Numbers: the median where missing, then zero mean and unit deviation; the fare as
    log(1 + pounds) before that, since a few are forty times the median. Categories: the most
    frequent value where missing, then one 0/1 column a value.
    """
    number = SimpleImputer(strategy="median", keep_empty_features=True)
    logarithm = FunctionTransformer(np.log1p, feature_names_out="one-to-one")
    title = FunctionTransformer(titles, feature_names_out=_title_name)
    return ColumnTransformer(
        [
            ("number", make_pipeline(number, StandardScaler()), ["age", "sibsp", "parch"]),
            ("fare", make_pipeline(number, logarithm, StandardScaler()), ["fare"]),
            ("sex", _categories(CHOICES["sex"], drop="if_binary"), ["sex"]),
            ("pclass", _categories(CHOICES["pclass"]), ["pclass"]),
            ("embarked", _categories(CHOICES["embarked"]), ["embarked"]),
            ("title", make_pipeline(title, *_categories(TITLES)), ["name"]),
        ],
        verbose_feature_names_out=False,
    )


def prepare(train: pd.DataFrame, *others: pd.DataFrame) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Fit the preparation on `train` alone and apply it to `train` and the others.

    Returns:
        The float32 matrices (passengers, features), in the order given, and the features' names.
    """
    fitted = preparation().fit(train)
    matrices = [fitted.transform(part).astype("float32") for part in (train, *others)]
    return matrices, tuple(fitted.get_feature_names_out())


def parties(frame: pd.DataFrame) -> np.ndarray:
    """A number a row, the same for all who share a ticket; one of its own where it is missing."""
    ticket = frame["ticket"].astype("object")
    alone = pd.Series([f"no ticket, row {row}" for row in range(len(frame))], index=frame.index)
    return pd.factorize(ticket.where(ticket.notna(), alone))[0]


def folds(frame: pd.DataFrame, splits: int = 5, repeats: int = 2, seed: int = 0) -> Iterator[Fold]:
    """Repeated cross-validation, stratified by `survived`, with no party on both sides.

    Repeat r is drawn with seed + r. Within a repeat each passenger is tested once.

    Raises:
        DataError: fewer parties of one outcome than MINIMUM_PARTIES or `splits`, or parties so
            large that a side has one outcome only.
    """
    groups, survived = parties(frame), frame["survived"].to_numpy()
    needed = max(splits, MINIMUM_PARTIES)
    for outcome in CHOICES["survived"]:
        having = len(np.unique(groups[survived == outcome]))
        if having < needed:
            raise DataError(
                f"Titanic: {splits} folds need at least {needed} parties (tickets) with `survived` "
                f"{outcome}, got {having}"
            )
    for repeat in range(repeats):
        for fold, (train, test) in enumerate(_split(frame, splits, seed + repeat)):
            yield Fold(repeat, fold, train, test)


def _split(frame: pd.DataFrame, splits: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    splitter = StratifiedGroupKFold(splits, shuffle=True, random_state=seed)
    survived = frame["survived"].to_numpy()
    for sides in splitter.split(frame, survived, parties(frame)):
        if any(len(np.unique(survived[side])) < 2 for side in sides):
            raise DataError(
                f"Titanic: with {splits} folds one has survivors or victims only; use fewer folds"
            )
        yield sides


def fold_dataset(
    frame: pd.DataFrame, fold: Fold, seed: int = 0, validation_splits: int = 5
) -> Dataset:
    """A fold ready for a network.

    One in `validation_splits` passengers of the training side becomes the validation part, again
    stratified and with parties kept together; the preparation is fitted on what is left.

    Returns:
        A Dataset with x (n, features) and y (n, 1), both float32.
    """
    outer, test = frame.iloc[fold.train_index], frame.iloc[fold.test_index]
    train, validation = (outer.iloc[side] for side in next(_split(outer, validation_splits, seed)))
    (x_train, x_validation, x_test), names = prepare(train, validation, test)
    y_train, y_validation, y_test = (
        part[["survived"]].to_numpy("float32") for part in (train, validation, test)
    )
    return Dataset(
        x_train,
        y_train,
        x_validation,
        y_validation,
        x_test,
        y_test,
        (
            f"Titanic: fold {fold.fold + 1} of repeat {fold.repeat + 1}, {len(train)} passengers "
            f"to train, {len(validation)} to validate (drawn with seed {seed}), {len(test)} to "
            "test; parties that share a ticket stay together",
            f"タイタニック：交差検証{fold.repeat + 1}回目の分割{fold.fold + 1}。"
            f"訓練データ{len(train)}人、検証データ{len(validation)}人（シード{seed}で抽出）、"
            f"テストデータ{len(test)}人。同じ切符の同行者は別々のデータに分けない。",
        ),
        names,
    )
