"""What would make a score better than it will be: a column that gives the answer, copied rows."""

import shlex

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from comparisons.harness.bilingual import Words
from comparisons.harness.table_files.question import CATEGORY, CLASSES, DATE, Column, Question
from comparisons.harness.tabular.dates import numbers_of
from comparisons.harness.tabular.rows import Rows, sides

ALONE = 0.9  # share of what there is to be told that one column may tell before it is said
MOST_ROWS = 5000  # enough to see it
SPLITS = 5


def tellers(question: Question, rows: Rows) -> list[Words]:
    """The columns that tell the target by themselves, under the folds of the question."""
    chosen = np.arange(len(rows.target))
    if len(chosen) > MOST_ROWS:
        chosen = np.random.default_rng(0).choice(chosen, MOST_ROWS, replace=False)
    columns = question.used
    codes = np.column_stack([_codes(column, rows.frame) for column in columns])[chosen]
    _, group = np.unique(rows.group[chosen], return_inverse=True)
    outcome, target = rows.outcome[chosen], rows.target[chosen]
    if len(np.unique(group)) < SPLITS:
        return []
    folds = list(sides(group, outcome, min(SPLITS, question.folds), 0))
    of_classes = question.task == CLASSES
    tree, forest = (
        (DecisionTreeClassifier, RandomForestClassifier)
        if of_classes
        else (DecisionTreeRegressor, RandomForestRegressor)
    )
    found = []
    for place, column in enumerate(columns):
        alone = tree(max_leaf_nodes=64, min_samples_leaf=2, random_state=0)
        score = _score(alone, codes[:, [place]], target, folds, of_classes)
        if _told(score, target, of_classes) < ALONE:
            continue
        rest = None
        if len(columns) > 1:
            together = forest(n_estimators=50, random_state=0)
            rest = _score(together, np.delete(codes, place, axis=1), target, folds, of_classes)
        found.append(_says(question, column, score, rest))
    return found


def _codes(column: Column, frame: pd.DataFrame) -> np.ndarray:
    """The column as one number a row, NaN where it is missing."""
    values = frame[column.name]
    if column.kind == CATEGORY:
        return values.map({v: n for n, v in enumerate(column.values)}).to_numpy("float64")
    if column.kind == DATE:
        return numbers_of(values)[:, 0]
    return values.to_numpy("float64")


def _score(model: BaseEstimator, x, y, folds, of_classes: bool) -> float:
    """Share of the rows that are told right, or share of the variance that is told."""
    predicted = np.empty(len(y))
    for train, test in folds:
        predicted[test] = model.fit(x[train], y[train]).predict(x[test])
    if of_classes:
        return float(np.mean(predicted == y))
    return float(1 - np.mean((predicted - y) ** 2) / np.var(y))


def _told(score: float, target: np.ndarray, of_classes: bool) -> float:
    """The score as a share of what the most frequent class leaves to be told."""
    if not of_classes:
        return score
    most = np.bincount(target).max() / len(target)
    return (score - most) / (1 - most)


def _says(question: Question, column: Column, score: float, rest: float | None) -> Words:
    percent = f"{100 * score:.1f} %"
    english, japanese = (
        (f"{percent} of the rows' classes", f"{percent}の行の{question.target}を予測できる")
        if question.task == CLASSES
        else (f"{percent} of the variance", f"{question.target}の分散の{percent}を説明できる")
    )
    name = shlex.quote(column.name)
    others = f"; all others together {100 * rest:.1f} %" if rest is not None else ""
    others_ja = f"（ほかのすべての列では{100 * rest:.1f}%）" if rest is not None else ""
    return (
        f"Column {column.name} alone tells {english}{others}. Was it known "
        f"before {question.target} was? If not, leave it out: --without {name}.",
        f"列{column.name}だけで、{japanese}{others_ja}。"
        f"{question.target}より前にわかる値でなければ--without {name}で除く。",
    )


def copies(question: Question, rows: Rows, texts: pd.DataFrame) -> list[Words]:
    """Rows to test on that stand among the rows to train on as well, but for a row's own number.

    Args:
        texts: all columns as text.
    """
    own = [
        column.name
        for column in question.columns
        if column.kind == "identifier" and texts[column.name].nunique() == len(texts)
    ]
    mark = pd.util.hash_pandas_object(texts.drop(columns=own), index=False).to_numpy()
    both = sum(
        int(np.isin(mark[test], mark[train]).sum())
        for train, test in sides(rows.group, rows.outcome, question.folds, 0)
    )
    if not both:
        return []
    share = 100 * both / len(mark)
    return [
        (
            f"{both:,} rows ({share:.1f} %) are the same as another on the other side of a fold, "
            f"{question.target} included: copies make scores too good. Remove them, or keep what "
            "belongs together on one side with --group.",
            f"{both:,}行（{share:.1f}%）と同じ内容の行（{question.target}も同じ）が、"
            "分割の反対側にもある。重複した行は評価を実際より高くする。取り除くか、"
            "--groupで同じ側にまとめる。",
        )
    ]
