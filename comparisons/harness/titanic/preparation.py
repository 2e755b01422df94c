"""From passengers to matrices without a leak.

Nothing is learned from a passenger who is to be predicted: medians, most frequent values, means and
deviations come from the training part of each fold alone. Left out on purpose:

- `boat` is known of those who reached a lifeboat and `body` of the dead, so both give the answer;
- `cabin` is known of most in first class and of few others, and within each class more often of
  survivors, who could tell it: in part a leak. (Its deck, or that it is known, moved the accuracy
  of the baselines by less than half a point either way.)
- `ticket` and `home.dest` are names of parties and places, too many for 1309 rows; the ticket
  decides which passengers stay in one fold.

A column that a file lacks is one without values: its features are the same for everybody.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from comparisons.harness.bilingual import Words
from comparisons.harness.datasets import Dataset
from comparisons.harness.titanic.folds import Fold, parties, sides
from comparisons.harness.titanic.passengers import CHOICES
from comparisons.harness.titanic.titles import TITLES, titles


def _titles(names: pd.DataFrame) -> pd.DataFrame:
    return titles(names["name"]).to_frame("title")


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
    title = FunctionTransformer(_titles, feature_names_out=_title_name)
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


def divided(
    frame: pd.DataFrame, fold: Fold, seed: int = 0, validation_splits: int = 5
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The passengers of a fold to train, to validate and to test on.

    One in `validation_splits` of the training side are to validate on, again stratified and with
    parties kept together.

    Raises:
        DataError: see `titanic.folds.sides`.
    """
    outer, test = frame.iloc[fold.train_index], frame.iloc[fold.test_index]
    party, survived = fold.party[fold.train_index], outer["survived"].to_numpy()
    train, validation = next(sides(party, survived, validation_splits, seed))
    return outer.iloc[train], outer.iloc[validation], test


def fold_dataset(
    frame: pd.DataFrame,
    fold: Fold,
    seed: int = 0,
    notes: tuple[Words, ...] = (),
) -> Dataset:
    """A fold ready for a network; the preparation is fitted on the passengers to train on.

    Args:
        seed: with which those to validate on are drawn; see `divided`.
        notes: what is to be said of the whole data, see `preparation_notes`.

    Returns:
        A Dataset with x (n, features) and y (n, 1), both float32.
    """
    train, validation, test = divided(frame, fold, seed)
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
        notes,
    )


def preparation_notes(frame: pd.DataFrame) -> tuple[Words, ...]:
    """What becomes of the passengers, for the page."""
    counts = titles(frame["name"]).value_counts()
    found = [f"{title} {count:,}" for title, count in counts.items()]
    number = f"{parties(frame).max() + 1:,}"
    alone = frame[["name", "ticket"]].isna().all(axis=1).sum()
    return (
        (f"Titles in the names: {', '.join(found)}.", f"氏名の敬称：{'、'.join(found)}。"),
        (
            "Missing numbers become the median, a missing harbour the most frequent one; of the "
            "fare the logarithm of 1 + pounds is taken; numbers are then shifted and scaled to "
            "mean 0 and deviation 1; class, sex, harbour and title become columns of 0 and 1. All "
            "of this is learned from the training part of each fold alone.",
            "数値の欠損は中央値で、乗船港の欠損は最頻値で補う。運賃は（1＋ポンド）の対数をとる。"
            "数値は平均0、標準偏差1に揃え、客室クラス、性別、乗船港、敬称は0と1の列にする。"
            "これらはすべて各分割の訓練データだけから求める。",
        ),
        (
            f"{number} parties, none of which is on both sides of a fold: passengers who share a "
            "ticket, and rows of the same name, sex and age, which are taken as one passenger"
            + f"; of the {alone:,} rows without name and ticket those that are the same"
            * bool(alone)
            + ".",
            f"同行者のグループは{number}組で、同じ組を訓練とテストに分けることはない。"
            "同じ切符の乗客を1組とし、氏名、性別、年齢が同じ行は同一人物とみなす"
            + f"。氏名も切符もない{alone:,}行では、内容が同じ行を1組とする" * bool(alone)
            + "。",
        ),
        (
            "No features: boat and body, which tell the outcome; cabin, which is known of "
            "survivors more often; ticket and home.dest, names of parties and places.",
            "特徴量にしない列：結果を示すboatとbody、生存者ほど判明しているcabin、"
            "同行者や土地の名であるticketとhome.dest。",
        ),
    )
