"""A table's rows ready for folds: typed columns, the target, and what belongs together."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from comparisons.harness import table_files
from comparisons.harness.bilingual import Words
from comparisons.harness.datasets import Dataset
from comparisons.harness.table_files import DataError
from comparisons.harness.table_files.folds import deal
from comparisons.harness.table_files.question import CLASSES, NUMBER, Column, Question
from comparisons.harness.table_files.reading import Table
from comparisons.harness.table_files.values import without_missing
from comparisons.harness.tabular.kinds import typed
from comparisons.harness.tabular.preparation import Preparation

VALIDATION_SPLITS = 5
STRATA = 5  # of a target that is a number


class Rows(NamedTuple):
    """The rows whose target is known.

    `target` holds a class's number (int32) or the number itself (float64), `outcome` the class or
    the part of the target's range, of which every fold gets its share; rows of one `group` stay
    together.
    """

    frame: pd.DataFrame
    target: np.ndarray
    outcome: np.ndarray
    group: np.ndarray


@lru_cache(maxsize=2)
def load(question: Question) -> Rows:
    """The rows of the table that the question is about.

    Raises:
        DataError: the file is no longer what it was when the question was asked.
    """
    table = table_files.read(Path(question.path), question.encoding)
    texts = table.frame.apply(lambda column: without_missing(column)[0])
    texts = texts[texts[question.target].notna()]
    frame = columns_of(texts, question.used, table.separator)
    answers = texts[question.target]
    if question.task == CLASSES:
        number = {value: place for place, value in enumerate(question.classes)}
        target = outcome = answers.map(number).to_numpy("int32")
    else:
        target = typed(answers, NUMBER, table.separator).to_numpy("float64")
        outcome = strata(target)
    return Rows(frame, target, outcome, groups(texts, question.group))


def columns_of(texts: pd.DataFrame, columns: tuple[Column, ...], separator: str) -> pd.DataFrame:
    """The columns with their types."""
    return pd.DataFrame({c.name: typed(texts[c.name], c.kind, separator) for c in columns})


def texts_of(table: Table) -> tuple[pd.DataFrame, dict[str, dict[str, int]]]:
    """The table with NaN where a value is missing, and how missing values were written."""
    found = {name: without_missing(column) for name, column in table.frame.items()}
    frame = pd.DataFrame({name: column for name, (column, _) in found.items()})
    return frame, {name: signs for name, (_, signs) in found.items() if signs}


def strata(target: np.ndarray) -> np.ndarray:
    """Which fifth of the target's range, by number of rows, each row lies in."""
    return pd.qcut(target, STRATA, labels=False, duplicates="drop").astype(int)


def groups(texts: pd.DataFrame, group: str | None) -> np.ndarray:
    """A number a row, the same for rows of one group; a row without one is alone."""
    if group is None:
        return np.arange(len(texts))
    found = pd.factorize(texts[group])[0]
    alone = found < 0
    found[alone] = found.max() + 1 + np.arange(alone.sum())
    return pd.factorize(found)[0]


def sides(
    group: np.ndarray, outcome: np.ndarray, splits: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row numbers to train and to test on, for each fold."""
    fold_of = deal(group, outcome, splits, np.random.default_rng(seed))
    for fold in range(splits):
        yield np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)


def parts(
    rows: Rows, splits: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Row numbers to train, to validate and to test on, for each fold."""
    for outer, test in sides(rows.group, rows.outcome, splits, seed):
        _, group = np.unique(rows.group[outer], return_inverse=True)
        splits_within = min(VALIDATION_SPLITS, group.max() + 1)
        train, validation = next(sides(group, rows.outcome[outer], splits_within, seed))
        yield outer[train], outer[validation], test


def datasets(question: Question, seed: int) -> Iterator[Dataset]:
    """The folds of one repeat, each prepared by what its own training rows tell."""
    rows = load(question)
    for fold, found in enumerate(parts(rows, question.folds, seed)):
        yield _dataset(question, rows, fold, found, seed)


def _dataset(question: Question, rows: Rows, fold: int, found: tuple, seed: int) -> Dataset:
    train, validation, test = found
    preparation = Preparation.fit(question.used, rows.frame.iloc[train])
    scale = None if question.task == CLASSES else target_scale(rows.target[train])
    given = []
    for part in found:
        given += [preparation.transform(rows.frame.iloc[part]), scaled(rows.target[part], scale)]
    described = _description(question, fold, found, seed)
    return Dataset(*given, described, question.features, question.notes, scale)


def target_scale(target: np.ndarray) -> tuple[float, float]:
    """Mean and deviation of the answers to train on."""
    return float(target.mean()), float(target.std()) or 1.0


def scaled(target: np.ndarray, scale: tuple[float, float] | None) -> np.ndarray:
    """What a network is trained on: class numbers (n,), or shifted and scaled numbers (n, 1)."""
    if scale is None:
        return target
    mean, deviation = scale
    return ((target - mean) / deviation).astype("float32")[:, np.newaxis]


def _description(question: Question, fold: int, found: tuple, seed: int) -> Words:
    name = Path(question.path).name
    train, validation, test = (f"{len(part):,}" for part in found)
    together = f"; rows of one {question.group} stay together" if question.group else ""
    together_ja = f"{question.group}が同じ行は分けない。" if question.group else ""
    return (
        f"{name}: fold {fold + 1} of {question.folds}, {train} rows to train, {validation} to "
        f"validate, {test} to test, drawn with seed {seed}{together}",
        f"{name}：{question.folds}分割の{fold + 1}番目。訓練データ{train}行、検証データ"
        f"{validation}行、テストデータ{test}行、シードは{seed}。{together_ja}",
    )


def look_over(rows: Rows, question: Question, seed: int = 0) -> None:
    """Raises DataError where a fold cannot be trained on or tested."""
    for train, validation, test in parts(rows, question.folds, seed):
        lacking = set(range(len(question.classes))) - set(rows.outcome[train])
        if lacking and question.task == CLASSES:
            label = question.classes[min(lacking)]
            raise DataError(
                f"column {question.target}: a fold has no row of {label!r} to train on, since its "
                "rows are in few groups; give another number of --folds, or another --group"
            )
        if not len(train) or not len(validation) or not len(test):
            what = f"groups of {question.group}" if question.group else "rows"
            raise DataError(
                f"the {what} are too few or too unlike for {question.folds} folds; give fewer "
                "--folds"
            )
        if question.task == NUMBER and not np.ptp(rows.target[test]) > 0:
            raise DataError(
                f"column {question.target}: the rows to test on in a fold are all alike; give "
                "fewer --folds"
            )
